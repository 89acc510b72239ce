"""The institution's side: tiers, pricing, decisions, notices, and what they keep from signing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealStage
from marketplace.listings.models import ExportControl
from marketplace.terms import guarding
from marketplace.terms.kinds import ContractKind, LicenseKind
from marketplace.terms.models import (
    Decision,
    NoticeStatus,
    ObjectionStatus,
    PricingMethod,
)
from marketplace.terms.queries import diligence
from marketplace.terms.queries import university as queries
from marketplace.terms.rules.approval import EXAMPLE, Tier
from marketplace.terms.rules.export import ExportStanding
from marketplace.terms.services import exports, notices
from marketplace.terms.services import pricing as services
from tests.factories.terms import simple_terms, some_upload
from tests.jobs import topics

AGREEMENT = services.PricingRecord(method=PricingMethod.AGREEMENT, basis="市场法")


@pytest.fixture
def deal(make, university, company, broker):
    """A deal whose terms are agreed, in the stage of approval and notice."""
    deal = make.deal_at(DealStage.NOTICE, licensor=university, licensee=company, manager=broker)
    make.agreement(deal)
    return deal


def text(**values):
    return notices.NoticeText(
        **{
            "name": "激光清洗技术",
            "summary": "除锈速度提高三倍。",
            "buyer": "武汉某轨道公司",
            "price_note": "入门费 30 万元",
            "days": 15,
        }
        | values
    )


def post(session, officer, deal, now, **values):
    return notices.post_notice(
        session, actor=officer, deal_id=deal.id, text=text(**values), now=now
    )


def price(session, officer, deal, now, record=AGREEMENT):
    return services.record_pricing(session, actor=officer, deal_id=deal.id, record=record, now=now)


def decide(session, officer, deal, now, **values):
    record = services.DecisionRecord(
        **{
            "decision": Decision.APPROVED,
            "body": EXAMPLE[0].body,
            "subject": "普通许可，30 万元",
            "decided_on": date(2026, 11, 19),
        }
        | values
    )
    return services.record_decision(session, actor=officer, deal_id=deal.id, record=record, now=now)


def missing(check, session, deal, now):
    return [obstacle.message for obstacle in check(session, deal, now)]


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


class TestNotice:
    def test_shows_what_the_rules_name(self, session, officer, deal, now):
        notice = post(session, officer, deal, now, is_related=True, related_note="发明人持股")
        assert (notice.price_minor, notice.days, notice.posted_on) == (
            30_000_000,
            15,
            date(2026, 11, 20),
        )
        assert queries.list_notices(session, status=NoticeStatus.RUNNING, number=1).items == [
            notice
        ]
        assert queries.list_notices(session, status=NoticeStatus.PASSED, number=1).total == 0
        assert "price_notice.posted" in topics(session)

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("days", {"days": 14}),
            ("related_note", {"is_related": True}),
            ("name", {"name": ""}),
            ("summary", {"summary": " "}),
            ("buyer", {"buyer": ""}),
            ("price_note", {"price_note": ""}),
        ],
    )
    def test_names_what_is_missing(self, session, officer, deal, now, field, values):
        with pytest.raises(RuleBroken) as caught:
            post(session, officer, deal, now, **values)
        assert caught.value.field == field

    def test_runs_once_at_a_time(self, session, officer, deal, now):
        post(session, officer, deal, now)
        with pytest.raises(RuleBroken):
            post(session, officer, deal, now)

    def test_waits_for_agreed_terms(self, session, make, university, officer, now):
        with pytest.raises(StepNotAllowed):
            post(session, officer, make.deal_at(licensor=university), now)

    def test_keeps_from_signing_until_its_days_have_passed(self, session, officer, deal, now):
        guard = guarding.price_notice_over
        assert missing(guard, session, deal, now) == ["Publish the agreed price first."]
        notice = post(session, officer, deal, now)
        (obstacle,) = guard(session, deal, now)
        assert obstacle.values == {"day": date(2026, 12, 5)}
        assert guard(session, deal, now + timedelta(days=15))
        assert guard(session, deal, now + timedelta(days=16)) == []
        assert notices.finish_due(session, now=now + timedelta(days=15)) == 0
        assert notices.finish_due(session, now=now + timedelta(days=16)) == 1
        assert (notice.status, notice.ended_on) == (NoticeStatus.PASSED, date(2026, 12, 6))
        assert guard(session, deal, now + timedelta(days=17)) == []

    def test_is_taken_back_with_a_reason(self, session, make, officer, deal, now):
        notice = post(session, officer, deal, now)
        with pytest.raises(Denied):
            notices.take_back(session, actor=make.actor(), notice_id=notice.id, reason="x", now=now)
        with pytest.raises(RuleBroken):
            notices.take_back(session, actor=officer, notice_id=notice.id, reason="", now=now)
        notices.take_back(session, actor=officer, notice_id=notice.id, reason="条款有误", now=now)
        assert notice.status is NoticeStatus.TAKEN_BACK
        with pytest.raises(StepNotAllowed):
            notices.take_back(session, actor=officer, notice_id=notice.id, reason="x", now=now)
        assert missing(guarding.price_notice_over, session, deal, now + timedelta(days=30))

    def test_ends_when_the_terms_are_taken_up_again(self, session, officer, deal, now):
        notices.close_running(session, deal, actor=officer, now=now)
        notice = post(session, officer, deal, now)
        notices.close_running(session, deal, actor=officer, now=now)
        assert notice.status is NoticeStatus.TAKEN_BACK

    def test_does_not_hold_for_newer_terms(self, session, make, officer, deal, now):
        post(session, officer, deal, now)
        make.agreement(deal, at=now + timedelta(hours=1))
        later = now + timedelta(days=20)
        assert missing(guarding.price_notice_over, session, deal, later) == [
            "Publish the agreed price first."
        ]

    def test_is_unknown_by_a_made_up_number(self, session, deal):
        with pytest.raises(NotFound):
            queries.get_notice(session, deal.id)


class TestObjection:
    @pytest.fixture
    def notice(self, session, officer, deal, now):
        return post(session, officer, deal, now)

    def object_to(self, session, actor, notice, now, reasons="价格明显低于评估值"):
        return notices.raise_objection(
            session, actor=actor, notice_id=notice.id, reasons=reasons, now=now
        )

    def settle(self, session, actor, objection, now, *, upheld=False, settlement="评估方法适当"):
        return notices.settle_objection(
            session,
            actor=actor,
            notice_id=objection.notice_id,
            objection_id=objection.id,
            upheld=upheld,
            settlement=settlement,
            now=now,
        )

    def test_stops_the_clock_until_it_is_settled(self, session, make, officer, deal, notice, now):
        raised = now + timedelta(days=3)
        objection = self.object_to(session, make.actor(), notice, raised)
        later = now + timedelta(days=30)
        assert missing(guarding.price_notice_over, session, deal, later) == [
            "An objection to the price notice is open: settle it with reasons."
        ]
        assert notices.finish_due(session, now=later) == 0
        self.settle(session, officer, objection, later)
        (obstacle,) = guarding.price_notice_over(session, deal, later)
        # Two days had passed before it; thirteen follow the day of the settlement.
        assert obstacle.values == {"day": date(2026, 12, 20) + timedelta(days=13)}
        assert queries.count_open_objections(session, [notice.organization_id]) == 0

    def test_upheld_ends_the_notice(self, session, make, officer, deal, notice, now):
        objection = self.object_to(session, make.actor(), notice, now)
        assert queries.count_open_objections(session, [notice.organization_id]) == 1
        self.settle(session, officer, objection, now, upheld=True)
        assert (notice.status, objection.status) == (NoticeStatus.UPHELD, ObjectionStatus.UPHELD)
        assert "objection.upheld" in topics(session)
        assert missing(guarding.price_notice_over, session, deal, now + timedelta(days=40))

    def test_is_open_once_per_person(self, session, make, notice, now):
        person = make.actor()
        self.object_to(session, person, notice, now)
        with pytest.raises(RuleBroken):
            self.object_to(session, person, notice, now)
        self.object_to(session, make.actor(), notice, now)

    def test_comes_in_time_and_with_reasons(self, session, make, notice, now):
        with pytest.raises(RuleBroken) as caught:
            self.object_to(session, make.actor(), notice, now, reasons=" ")
        assert caught.value.field == "reasons"
        with pytest.raises(RuleBroken):
            self.object_to(session, make.actor(), notice, now, reasons="长" * 5001)
        with pytest.raises(StepNotAllowed):
            self.object_to(session, make.actor(), notice, now + timedelta(days=16))

    def test_is_settled_once_by_officers_who_did_not_raise_it(
        self, session, make, university, officer, notice, now
    ):
        own = self.object_to(session, officer, notice, now)
        with pytest.raises(Denied):
            self.settle(session, officer, own, now)
        with pytest.raises(Denied):
            self.settle(session, make.member_of(university, MemberRole.EDITOR), own, now)
        other = make.member_of(university, MemberRole.OWNER)
        with pytest.raises(RuleBroken):
            self.settle(session, other, own, now, settlement="")
        self.settle(session, other, own, now)
        with pytest.raises(StepNotAllowed):
            self.settle(session, other, own, now)
        with pytest.raises(NotFound):
            queries.get_objection(session, notice.id, notice.id)


class TestExportCleared:
    def foreign(self, make, university, control):
        deal = make.deal_at(
            DealStage.NOTICE, licensor=university, listing_values={"export_control": control}
        )
        make.agreement(deal, terms=simple_terms(foreign_licensee=True))
        return deal

    def loaded(self, session, deal, actor):
        from marketplace.deals.queries.deals import get_deal

        return get_deal(session, deal.id, actor=actor)

    @pytest.mark.parametrize(
        ("control", "stops"),
        [
            (ExportControl.PROHIBITED, True),
            (ExportControl.UNCHECKED, True),
            (ExportControl.RESTRICTED, True),
            (ExportControl.FREE, False),
        ],
    )
    def test_stops_signing_with_a_foreign_party(
        self, session, make, university, officer, now, control, stops
    ):
        deal = self.loaded(session, self.foreign(make, university, control), officer)
        assert bool(guarding.export_cleared(session, deal, now)) == stops

    def test_asks_nothing_of_a_domestic_party(self, session, officer, deal, now):
        assert guarding.export_cleared(session, self.loaded(session, deal, officer), now) == []

    def test_a_license_with_its_file_opens_the_way(self, session, make, university, officer, now):
        deal = self.foreign(make, university, ExportControl.RESTRICTED)
        record = exports.record_export(
            session, actor=officer, deal_id=deal.id, license_number="鄂技出 12", now=now
        )
        deal = self.loaded(session, deal, officer)
        assert guarding.export_cleared(session, deal, now)
        again = exports.record_export(
            session,
            actor=officer,
            deal_id=deal.id,
            license_number="鄂技出 12",
            license_file=some_upload(),
            now=now,
        )
        assert again.id == record.id
        assert guarding.export_cleared(session, deal, now) == []

    def test_a_registration_is_recorded(self, session, make, university, officer, now):
        deal = self.foreign(make, university, ExportControl.FREE)
        exports.record_export(
            session,
            actor=officer,
            deal_id=deal.id,
            applied_on=date(2026, 11, 16),
            registration_number="4201",
            registered_on=date(2026, 11, 18),
            now=now,
        )
        deal = self.loaded(session, deal, officer)
        terms = simple_terms(foreign_licensee=True)
        assert exports.standing_of(session, deal, terms) is ExportStanding.REGISTERED

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("applied_on", {"applied_on": date(2027, 1, 1)}),
            ("registered_on", {"registered_on": date(2027, 1, 1)}),
            (
                "registered_on",
                {"applied_on": date(2026, 11, 3), "registered_on": date(2026, 11, 2)},
            ),
        ],
    )
    def test_refuses_days_that_cannot_be(self, session, officer, deal, now, field, values):
        with pytest.raises(RuleBroken) as caught:
            exports.record_export(session, actor=officer, deal_id=deal.id, now=now, **values)
        assert caught.value.field == field

    def test_papers_are_recorded_by_the_providing_side(self, session, buyer, deal, now):
        with pytest.raises(Denied):
            exports.record_export(session, actor=buyer, deal_id=deal.id, now=now)


class TestDiligence:
    def test_loads_everything_with_names(self, session, make, university, officer, deal, now):
        make.example_tiers(university)
        price(session, officer, deal, now)
        decide(session, officer, deal, now)
        services.attach_valuation(
            session, actor=officer, deal_id=deal.id, upload=some_upload("valuation.pdf"), now=now
        )
        notice = post(session, officer, deal, now)
        notices.raise_objection(
            session, actor=make.actor(), notice_id=notice.id, reasons="偏低", now=now
        )
        found = diligence.load(session, deal, now=now)
        assert [file.name for file in found.valuations] == ["valuation.pdf"]
        assert len(found.decisions) == len(found.notices) == 1
        assert found.people[officer.user_id]
        assert found.terms.contract_kind is ContractKind.LICENSE
        assert not found.exemption.confirmed
