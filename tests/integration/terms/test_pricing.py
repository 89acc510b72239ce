"""The institution's way to its price: tiers, pricing, decisions, and what the guard asks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.deals.models import DealStage
from marketplace.terms import guarding
from marketplace.terms.kinds import LicenseKind
from marketplace.terms.models import (
    Decision,
    PricingMethod,
)
from marketplace.terms.queries import diligence
from marketplace.terms.queries import university as queries
from marketplace.terms.rules.approval import EXAMPLE, Tier
from marketplace.terms.services import pricing as services
from tests.factories.terms import simple_terms, some_upload
from tests.integration.terms.steps import decide, missing, price


@pytest.fixture
def deal(make, university, company, broker):
    """A deal whose terms are agreed, in the stage of approval and notice."""
    deal = make.deal_at(DealStage.NOTICE, licensor=university, licensee=company, manager=broker)
    make.agreement(deal)
    return deal


class TestTiers:
    def test_are_kept_and_replaced(self, session, university, officer, now):
        for tiers in (EXAMPLE, (Tier(from_minor=0, body="校长办公会"),)):
            services.set_tiers(
                session, actor=officer, organization_id=university.id, tiers=tiers, now=now
            )
            assert queries.list_tiers(session, university.id) == list(tiers)

    def test_are_for_officers_and_owners(self, session, make, university, officer, now):
        for actor, error in (
            (make.member_of(university, MemberRole.EDITOR), Denied),
            (make.member_of(make.organization()), NotFound),
        ):
            with pytest.raises(error):
                services.set_tiers(
                    session, actor=actor, organization_id=university.id, tiers=EXAMPLE, now=now
                )

    def test_are_refused_out_of_order(self, session, university, officer, now):
        with pytest.raises(RuleBroken):
            services.set_tiers(
                session,
                actor=officer,
                organization_id=university.id,
                tiers=EXAMPLE[::-1],
                now=now,
            )


class TestPricing:
    def test_takes_the_amount_from_the_agreed_terms(self, session, officer, deal, now):
        assert price(session, officer, deal, now).amount_minor == 30_000_000

    def test_is_changed_in_place(self, session, officer, deal, now):
        first = price(session, officer, deal, now)
        again = price(
            session,
            officer,
            deal,
            now,
            services.PricingRecord(
                method=PricingMethod.AUCTION,
                amount_minor=40_000_000,
                house="湖北某拍卖公司",
                permit="鄂拍许 01 号",
                held_on=date(2026, 11, 18),
                result="成交价 40 万元",
                appraiser="某评估事务所",
                appraised_minor=35_000_000,
                appraised_on=date(2026, 10, 1),
            ),
        )
        assert (again.id, again.method) == (first.id, PricingMethod.AUCTION)

    @pytest.mark.parametrize(
        ("field", "record"),
        [
            (
                "amount_minor",
                services.PricingRecord(method=PricingMethod.AGREEMENT, amount_minor=1),
            ),
            ("house", services.PricingRecord(method=PricingMethod.MARKET)),
            ("permit", services.PricingRecord(method=PricingMethod.AUCTION, house="拍卖行")),
            (
                "held_on",
                services.PricingRecord(method=PricingMethod.MARKET, house="所", result="成交"),
            ),
            (
                "held_on",
                services.PricingRecord(
                    method=PricingMethod.MARKET, house="所", held_on=date(2027, 1, 1)
                ),
            ),
            (
                "appraised_on",
                services.PricingRecord(
                    method=PricingMethod.AGREEMENT, appraised_on=date(2027, 1, 1)
                ),
            ),
            (
                "appraiser",
                services.PricingRecord(method=PricingMethod.AGREEMENT, appraised_minor=5),
            ),
        ],
    )
    def test_names_what_is_missing(self, session, officer, deal, now, field, record):
        with pytest.raises(RuleBroken) as caught:
            price(session, officer, deal, now, record)
        assert caught.value.field == field

    def test_is_for_the_institutions_officers(
        self, session, make, university, buyer, manager, deal, now
    ):
        for actor in (buyer, manager, make.member_of(university, MemberRole.EDITOR)):
            with pytest.raises(Denied):
                price(session, actor, deal, now)


class TestDecisions:
    def test_keep_who_decided_on_what_and_when(self, session, officer, deal, now):
        row = services.record_decision(
            session,
            actor=officer,
            deal_id=deal.id,
            record=services.DecisionRecord(
                decision=Decision.APPROVED,
                body="领导小组",
                subject="许可",
                decided_on=date(2026, 11, 19),
                participants="王某、李某",
            ),
            minutes=some_upload("minutes.pdf"),
            now=now,
        )
        assert (row.amount_minor, row.recorded_by) == (30_000_000, officer.user_id)
        assert [file.name for file in diligence.list_files(session, deal.id)] == ["minutes.pdf"]

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("decided_on", {"decided_on": date(2026, 11, 22)}),
            ("body", {"body": " "}),
            ("subject", {"subject": ""}),
        ],
    )
    def test_name_what_is_missing(self, session, officer, deal, now, field, values):
        with pytest.raises(RuleBroken) as caught:
            decide(session, officer, deal, now, **values)
        assert caught.value.field == field

    def test_wait_for_agreed_terms(self, session, make, university, officer, now):
        deal = make.deal_at(licensor=university)
        with pytest.raises(RuleBroken):
            decide(session, officer, deal, now)


class TestApprovalsGiven:
    def test_asks_for_pricing_tiers_and_the_body_of_the_tier(
        self, session, make, university, officer, deal, now
    ):
        assert missing(guarding.approvals_given, session, deal, now) == [
            "Record how the price came about.",
            "Write down which body of your institution decides on which amount.",
        ]
        price(session, officer, deal, now)
        make.example_tiers(university)
        decide(session, officer, deal, now, body=EXAMPLE[1].body)
        assert missing(guarding.approvals_given, session, deal, now) == [
            "“%(body)s” has to approve these terms, with minutes."
        ]
        decide(session, officer, deal, now)
        assert missing(guarding.approvals_given, session, deal, now) == []

    def test_a_later_refusal_of_the_body_counts(
        self, session, make, university, officer, deal, now
    ):
        price(session, officer, deal, now)
        make.example_tiers(university)
        decide(session, officer, deal, now)
        decide(session, officer, deal, now + timedelta(hours=1), decision=Decision.REFUSED)
        assert missing(guarding.approvals_given, session, deal, now)

    def test_a_higher_amount_asks_a_higher_body(
        self, session, make, university, officer, deal, now
    ):
        make.example_tiers(university)
        price(
            session,
            officer,
            deal,
            now,
            services.PricingRecord(method=PricingMethod.AGREEMENT, amount_minor=500_000_000),
        )
        (obstacle,) = guarding.approvals_given(session, deal, now)
        assert obstacle.values == {"body": EXAMPLE[2].body}

    def test_newer_terms_need_a_decision_of_their_own(
        self, session, make, university, officer, deal, now
    ):
        price(session, officer, deal, now)
        make.example_tiers(university)
        decide(session, officer, deal, now)
        make.agreement(deal, at=now + timedelta(hours=1))
        assert missing(guarding.approvals_given, session, deal, now)

    def test_a_market_needs_its_result(self, session, make, university, officer, deal, now):
        make.example_tiers(university)
        decide(session, officer, deal, now)
        record = services.PricingRecord(method=PricingMethod.MARKET, house="湖北技术交易所")
        price(session, officer, deal, now, record)
        assert missing(guarding.approvals_given, session, deal, now) == [
            "Record the result of the market or auction."
        ]
        # What a market found needs no notice.
        assert missing(guarding.price_notice_over, session, deal, now) == []

    def test_asks_nothing_of_an_enterprise_or_an_open_license(self, session, make, university, now):
        ours = make.deal_at(DealStage.NOTICE, licensor=make.organization())
        make.agreement(ours)
        declared = make.deal_at(DealStage.NOTICE, licensor=university)
        make.agreement(declared, terms=simple_terms(license_kind=LicenseKind.OPEN))
        for deal in (ours, declared):
            assert guarding.approvals_given(session, deal, now) == []
            assert guarding.price_notice_over(session, deal, now) == []

    def test_waits_for_terms_first(self, session, make, university, now):
        deal = make.deal_at(licensor=university)
        assert missing(guarding.terms_accepted, session, deal, now) == [
            "No offer has been accepted yet."
        ]
        assert missing(guarding.approvals_given, session, deal, now) == [
            "Record how the price came about."
        ]
        assert guarding.price_notice_over(session, deal, now) == []
