"""Use first, pay later: who proposes, accepts, reports, decides; what the night does."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealStage
from marketplace.deals.services.stages import advance
from marketplace.terms.kinds import RoyaltyBase, Side
from marketplace.terms.models import TrialPayment, TrialStatus, TrialTrigger
from marketplace.terms.queries import offers
from marketplace.terms.services import trials as services
from tests.jobs import topics

ENDS = date(2027, 5, 20)


def propose(session, actor, deal, now, **values):
    values = {
        "starts_on": date(2026, 11, 20),
        "trigger": TrialTrigger.DATE,
        "decide_by": ENDS,
        "payment": TrialPayment.DELAYED,
        "price_minor": 20_000_000,
    } | values
    return services.propose_trial(
        session,
        actor=actor,
        deal_id=deal.id,
        proposal=services.TrialProposal(**values),
        now=now,
    )


@pytest.fixture
def trial(session, officer, buyer, deal, now):
    """A running trial, proposed by the university."""
    made = propose(session, officer, deal, now)
    return services.accept_trial(session, actor=buyer, deal_id=deal.id, trial_id=made.id, now=now)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=timezone(timedelta(hours=8)))


class TestProposeTrial:
    def test_is_accepted_by_the_other_side_alone(self, session, officer, buyer, manager, deal, now):
        made = propose(session, officer, deal, now)
        assert made.status is TrialStatus.PROPOSED
        for actor in (officer, manager):
            with pytest.raises(Denied):
                services.accept_trial(
                    session, actor=actor, deal_id=deal.id, trial_id=made.id, now=now
                )
        services.accept_trial(session, actor=buyer, deal_id=deal.id, trial_id=made.id, now=now)
        assert (made.status, made.accepted_by) == (TrialStatus.RUNNING, buyer.user_id)
        with pytest.raises(StepNotAllowed):
            services.accept_trial(session, actor=buyer, deal_id=deal.id, trial_id=made.id, now=now)

    def test_lives_once_in_a_deal(self, session, officer, buyer, deal, now):
        propose(session, officer, deal, now)
        with pytest.raises(RuleBroken):
            propose(session, buyer, deal, now)

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("decide_by", {"decide_by": date(2026, 11, 20)}),
            ("decide_by", {"decide_by": date(2030, 11, 20)}),
            ("decide_by", {"starts_on": date(2026, 1, 1), "decide_by": date(2026, 2, 1)}),
            ("price_minor", {"price_minor": None}),
            ("instalments", {"payment": TrialPayment.INSTALMENT, "instalments": 1}),
            ("instalments", {"payment": TrialPayment.INSTALMENT, "instalments": 25}),
            ("condition", {"payment": TrialPayment.CONDITIONAL}),
            ("share_bp", {"payment": TrialPayment.REVENUE_SHARE}),
        ],
    )
    def test_names_the_field_at_fault(self, session, officer, deal, now, field, values):
        with pytest.raises(RuleBroken) as caught:
            propose(session, officer, deal, now, **values)
        assert caught.value.field == field

    def test_is_for_the_parties_before_signing(
        self, session, make, company, buyer, manager, deal, now
    ):
        with pytest.raises(Denied):
            propose(session, manager, deal, now)
        signed = make.deal_at(DealStage.SIGNED, licensee=company)
        with pytest.raises(Denied):
            propose(session, buyer, signed, now)

    def test_is_called_off_before_it_begins(self, session, officer, deal, trial, now):
        with pytest.raises(StepNotAllowed):
            services.call_off(
                session, actor=officer, deal_id=deal.id, trial_id=trial.id, reason="", now=now
            )

    def test_call_off_keeps_the_reason(self, session, officer, buyer, deal, now):
        made = propose(session, officer, deal, now)
        services.call_off(
            session, actor=buyer, deal_id=deal.id, trial_id=made.id, reason="改为直接许可", now=now
        )
        assert (made.status, made.end_note) == (TrialStatus.CALLED_OFF, "改为直接许可")


class TestIncome:
    def test_makes_the_decision_due_with_that_trigger(self, session, officer, buyer, deal, now):
        made = propose(session, officer, deal, now, trigger=TrialTrigger.FIRST_INCOME)
        services.accept_trial(session, actor=buyer, deal_id=deal.id, trial_id=made.id, now=now)
        services.report_income(
            session,
            actor=buyer,
            deal_id=deal.id,
            trial_id=made.id,
            income_on=date(2026, 11, 20),
            words="首批订单",
            now=now,
        )
        assert (made.status, made.income_note) == (TrialStatus.DUE, "首批订单")
        with pytest.raises(RuleBroken):
            services.report_income(
                session,
                actor=buyer,
                deal_id=deal.id,
                trial_id=made.id,
                income_on=date(2026, 11, 20),
                now=now,
            )

    def test_changes_nothing_with_a_date(self, session, buyer, deal, trial, now):
        services.report_income(
            session,
            actor=buyer,
            deal_id=deal.id,
            trial_id=trial.id,
            income_on=date(2026, 11, 20),
            now=now,
        )
        assert trial.status is TrialStatus.RUNNING

    @pytest.mark.parametrize("day", [date(2026, 11, 19), date(2026, 11, 21)])
    def test_lies_between_start_and_today(self, session, buyer, deal, trial, now, day):
        with pytest.raises(RuleBroken) as caught:
            services.report_income(
                session, actor=buyer, deal_id=deal.id, trial_id=trial.id, income_on=day, now=now
            )
        assert caught.value.field == "income_on"

    def test_is_told_by_the_receiving_side(self, session, officer, deal, trial, now):
        with pytest.raises(Denied):
            services.report_income(
                session,
                actor=officer,
                deal_id=deal.id,
                trial_id=trial.id,
                income_on=date(2026, 11, 20),
                now=now,
            )


class TestDecision:
    def test_convert_lays_the_promised_terms_ready(self, session, officer, buyer, deal, trial, now):
        with pytest.raises(Denied):
            services.convert(session, actor=officer, deal_id=deal.id, trial_id=trial.id, now=now)
        services.convert(session, actor=buyer, deal_id=deal.id, trial_id=trial.id, now=now)
        assert trial.status is TrialStatus.CONVERTED
        draft = offers.find_draft(session, deal.id, Side.LICENSEE)
        assert offers.terms_of_draft(draft).upfront_fee_minor == 20_000_000

    def test_convert_of_a_share_lays_a_royalty_ready(self, session, officer, buyer, deal, now):
        made = propose(
            session,
            officer,
            deal,
            now,
            payment=TrialPayment.REVENUE_SHARE,
            price_minor=None,
            share_bp=300,
        )
        services.accept_trial(session, actor=buyer, deal_id=deal.id, trial_id=made.id, now=now)
        services.convert(session, actor=buyer, deal_id=deal.id, trial_id=made.id, now=now)
        terms = offers.terms_of_draft(offers.find_draft(session, deal.id, Side.LICENSEE))
        assert terms.royalty_base is RoyaltyBase.SALES

    def test_give_back_wants_a_reason(self, session, buyer, deal, trial, now):
        with pytest.raises(RuleBroken):
            services.give_back(
                session, actor=buyer, deal_id=deal.id, trial_id=trial.id, reason="", now=now
            )
        services.give_back(
            session, actor=buyer, deal_id=deal.id, trial_id=trial.id, reason="良率不足", now=now
        )
        assert (trial.status, trial.ended_on) == (TrialStatus.GIVEN_BACK, date(2026, 11, 20))

    def test_is_of_the_deals_own_trial(self, session, make, company, buyer, trial, now):
        other = make.deal_at(licensee=company)
        with pytest.raises(NotFound):
            services.convert(session, actor=buyer, deal_id=other.id, trial_id=trial.id, now=now)


class TestEndLiving:
    def test_ends_with_the_deal(self, session, officer, buyer, deal, trial, now):
        advance(
            session,
            actor=officer,
            deal_id=deal.id,
            event="lapse",
            values={"lapse_reason": "price"},
            now=now,
        )
        assert trial.status is TrialStatus.GIVEN_BACK

    def test_calls_a_proposal_off(self, session, officer, deal, now):
        made = propose(session, officer, deal, now)
        services.end_living(session, deal, actor=None, now=now)
        assert made.status is TrialStatus.CALLED_OFF
        services.end_living(session, deal, actor=None, now=now)

    def test_a_signed_deal_needs_no_further_offer(self, session, buyer, deal, trial, now):
        deal.stage = DealStage.SIGNED
        session.flush()
        services.convert(session, actor=buyer, deal_id=deal.id, trial_id=trial.id, now=now)
        assert offers.find_draft(session, deal.id, Side.LICENSEE) is None


class TestLookAtAll:
    def test_reminds_thirty_and_seven_days_before_and_on_the_day(self, session, trial):
        for days, told in ((31, 0), (30, 1), (29, 0), (7, 1), (6, 0), (0, 2), (-1, 0)):
            assert services.look_at_all(session, now=at(ENDS - timedelta(days=days))) == told, days
        assert trial.status is TrialStatus.DUE
        assert {"trial.reminded", "trial.fell_due"} <= set(topics(session))
