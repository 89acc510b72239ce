"""Price notices, objections, and the file of how a price came about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealStage
from marketplace.terms import guarding
from marketplace.terms.kinds import ContractKind
from marketplace.terms.models import (
    NoticeStatus,
    ObjectionStatus,
)
from marketplace.terms.queries import diligence
from marketplace.terms.queries import university as queries
from marketplace.terms.services import notices
from marketplace.terms.services import pricing as services
from tests.factories.terms import some_upload
from tests.integration.terms.steps import decide, missing, post, price
from tests.jobs import topics


@pytest.fixture
def deal(make, university, company, broker):
    """A deal whose terms are agreed, in the stage of approval and notice."""
    deal = make.deal_at(DealStage.NOTICE, licensor=university, licensee=company, manager=broker)
    make.agreement(deal)
    return deal


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
