"""Milestones from the signed terms to their release, with the book beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealRole, DealStage
from marketplace.ledger.models import Account, Line
from marketplace.ledger.queries import balance
from marketplace.payments import services as payments
from marketplace.payments.models import Payment, PaymentState, Purpose
from marketplace.performance.models import (
    Milestone,
    MilestoneEvent,
    MilestoneState,
    PaymentPart,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.rules import milestones as rules
from marketplace.performance.services import callbacks, milestones, watching
from marketplace.performance.services import plans as services
from tests.factories.performance import NOON, UPLOAD, license_terms

S = MilestoneState


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


def rows(session, deal):
    return list(plans.list_milestones(session, deal.id))


def move(session, actor, milestone, event, **values):
    return milestones.move(
        session,
        actor=actor,
        deal_id=milestone.deal_id,
        milestone_id=milestone.id,
        event=event,
        now=values.pop("now", NOON),
        **values,
    )


def pay(session, make, sides, milestone, amount=None):
    part = milestones.pay(
        session,
        actor=sides[1],
        deal_id=milestone.deal_id,
        milestone_id=milestone.id,
        amount_minor=amount,
        now=NOON,
    )
    return make.paid_part(part, payer=sides[1], payee=sides[0])


def standing(session, milestone):
    return figures.standings(session, figures.MILESTONE, [milestone.id])[milestone.id]


class TestConclude:
    def test_makes_one_milestone_for_each_fixed_payment(self, session, deal):
        found = [(one.name, one.amount_minor, one.needs_delivery) for one in rows(session, deal)]
        assert found == [
            ("入门费", 10_000_00, False),
            ("样机验收", 30_000_00, True),
            ("量产", 60_000_00, True),
        ]

    def test_calls_fees_when_performance_starts(self, session, deal):
        assert [one.state for one in rows(session, deal)] == [S.PAYABLE, S.PLANNED, S.PLANNED]

    def test_happens_once(self, session, deal):
        services.conclude(session, deal, None, NOON)
        assert len(rows(session, deal)) == 3

    def test_keeps_the_term(self, session, make, deal):
        plan = make.plan_of(deal)
        assert (plan.starts_on, plan.ends_on) == (date(2026, 1, 1), date(2028, 12, 31))

    def test_leaves_a_deal_without_a_contract_alone(self, session, make):
        other = make.deal(DealStage.SIGNED)
        services.conclude(session, other, None, NOON)
        assert plans.find_performance(session, other.id) is None
        with pytest.raises(NotFound):
            plans.get_performance(session, other.id)

    def test_needs_the_terms_that_were_signed(self, session, make):
        other = make.performing(contract_sha256="f" * 64)
        assert plans.terms_of_contract(session, plans.find_contract(session, other.id)) is None
        assert plans.find_performance(session, other.id) is None


class TestSum:
    def test_refuses_a_changed_amount(self, session, deal):
        session.execute(
            update(Milestone).where(Milestone.deal_id == deal.id).values(amount_minor=1)
        )
        with pytest.raises(IntegrityError, match="sum to its amount"):
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    def test_refuses_a_changed_contract(self, session, deal):
        plans.find_contract(session, deal.id).amount_minor += 1
        session.flush()
        with pytest.raises(IntegrityError, match="sum to its amount"):
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    def test_lets_a_shift_between_two_pass(self, session, deal):
        first, second, _ = rows(session, deal)
        first.amount_minor += 100
        second.amount_minor -= 100
        session.flush()
        session.execute(text("SET CONSTRAINTS milestone_milestone_sum IMMEDIATE"))
        assert sum(one.amount_minor for one in rows(session, deal)) == 100_000_00


class TestPay:
    def test_books_what_fell_due(self, session, deal):
        fee = rows(session, deal)[0]
        assert standing(session, fee) == figures.Standing(10_000_00, 10_000_00, 0)
        owed = balance(session, Account.CONTRACT_DEBT, owner_id=deal.licensee_id)
        assert owed == -10_000_00

    def test_a_fee_is_done_with_its_payment(self, session, make, deal, sides):
        fee = rows(session, deal)[0]
        pay(session, make, sides, fee)
        assert fee.state is S.RELEASED
        assert standing(session, fee) == figures.Standing(10_000_00, 0, 10_000_00)
        assert standing(session, fee).met_minor == 10_000_00

    def test_takes_parts(self, session, make, deal, sides):
        work = rows(session, deal)[1]
        move(session, sides[0], work, "call")
        pay(session, make, sides, work, 10_000_00)
        assert (work.state, standing(session, work).open_minor) == (S.PAYABLE, 20_000_00)
        with pytest.raises(RuleBroken, match="at most what is left"):
            pay(session, make, sides, work, 20_000_01)
        pay(session, make, sides, work)
        assert (work.state, standing(session, work).open_minor) == (S.PAID, 0)
        assert work.paid_at == NOON

    def test_asks_for_one_part_at_a_time(self, session, deal, sides):
        fee = rows(session, deal)[0]
        arguments = {
            "actor": sides[1],
            "deal_id": deal.id,
            "milestone_id": fee.id,
            "amount_minor": 100,
            "now": NOON,
        }
        part = milestones.pay(session, **arguments)
        with pytest.raises(RuleBroken, match="open already"):
            milestones.pay(session, **arguments)
        payment = session.get_one(Payment, part.payment_id)
        callbacks.ended(session, payment, NOON)
        assert part.ended_at == NOON

    def test_is_the_licensees_alone(self, session, deal, sides):
        fee = rows(session, deal)[0]
        with pytest.raises(Denied):
            milestones.pay(
                session,
                actor=sides[0],
                deal_id=deal.id,
                milestone_id=fee.id,
                amount_minor=None,
                now=NOON,
            )

    def test_waits_until_it_is_called(self, session, deal, sides):
        with pytest.raises(StepNotAllowed):
            milestones.pay(
                session,
                actor=sides[1],
                deal_id=deal.id,
                milestone_id=rows(session, deal)[1].id,
                amount_minor=None,
                now=NOON,
            )

    def test_gives_money_back_that_nothing_is_owed_for(self, session, make, deal, sides):
        fee = rows(session, deal)[0]
        part = milestones.pay(
            session,
            actor=sides[1],
            deal_id=deal.id,
            milestone_id=fee.id,
            amount_minor=None,
            now=NOON,
        )
        fee.state = S.CANCELLED
        make.paid_part(part, payer=sides[1], payee=sides[0])
        payment = session.get_one(Payment, part.payment_id)
        assert payment.kept_minor == 0
        assert part.settled_at is None

    def test_refuses_a_payment_of_nothing_known(self, session, make, deal):
        payment = payments.request(
            session,
            actor=None,
            purpose=Purpose.MILESTONE,
            purpose_id=deal.id,
            payer_id=deal.licensee_id,
            payee_id=deal.licensor_id,
            amount_minor=5,
            title="?",
            now=NOON,
        )
        with pytest.raises(RuleBroken, match="Nothing is owed"):
            callbacks.settled(session, payment, NOON)
        callbacks.ended(session, payment, NOON)
        assert not callbacks.may_see_payment(session, make.side(deal.licensee_id), payment)


class TestMove:
    @pytest.fixture
    def work(self, session, make, deal, sides):
        milestone = rows(session, deal)[1]
        move(session, sides[1], milestone, "call")
        pay(session, make, sides, milestone)
        return milestone

    def test_goes_round_until_accepted_and_released(self, session, sides, work):
        licensor, licensee = sides
        move(session, licensor, work, "deliver", text="样机已寄出", upload=UPLOAD)
        move(session, licensee, work, "request_changes", text="精度不够")
        move(session, licensor, work, "deliver", text="已调整")
        move(session, licensee, work, "accept")
        assert work.state is S.RELEASED
        assert standing(session, work).earned_minor == 30_000_00
        events = [one.event for one in plans.list_events(session, work.id)]
        assert events[-5:] == ["deliver", "request_changes", "deliver", "accept", "release"] or set(
            events
        ) == {"call", "pay", "deliver", "request_changes", "accept", "release"}
        attached = session.scalars(
            select(MilestoneEvent.attachment_id).where(MilestoneEvent.attachment_id.is_not(None))
        ).all()
        assert len(attached) == 1

    def test_asks_for_words(self, session, sides, work):
        with pytest.raises(RuleBroken, match="in a sentence") as caught:
            move(session, sides[0], work, "deliver")
        assert caught.value.field == "note"
        with pytest.raises(RuleBroken, match="at most"):
            move(session, sides[0], work, "deliver", text="长" * 2001)

    def test_stays_accepted_while_the_payment_is_disputed(self, session, sides, work):
        move(session, sides[0], work, "deliver", text="样机已寄出")
        payment = session.scalars(select(Payment).where(Payment.amount_minor == 30_000_00)).one()
        payment.state = PaymentState.DISPUTED
        session.flush()
        move(session, sides[1], work, "accept")
        assert work.state is S.ACCEPTED
        payment.state = PaymentState.CAPTURED
        session.flush()
        move(session, sides[1], work, "release")
        assert work.state is S.RELEASED
        assert standing(session, work).earned_minor == 30_000_00

    def test_gives_the_money_back(self, session, sides, work):
        move(session, sides[0], work, "refund", text="无法完成")
        payment = session.scalars(select(Payment).where(Payment.amount_minor == 30_000_00)).one()
        assert (work.state, payment.kept_minor) == (S.REFUNDED, 0)
        assert standing(session, work).earned_minor == 0
        with pytest.raises(StepNotAllowed):
            move(session, sides[0], work, "refund", text="again")

    def test_is_nobody_elses(self, session, make, deal, work):
        with pytest.raises(NotFound):
            move(session, make.member_of(make.organization()), work, "deliver", text="x")
        other = make.performing()
        with pytest.raises(NotFound):
            milestones.move(
                session,
                actor=make.side(other.licensor_id),
                deal_id=other.id,
                milestone_id=work.id,
                event="deliver",
                now=NOON,
            )

    def test_knows_no_other_event(self, session, sides, work):
        with pytest.raises(RuleBroken, match="no such step"):
            move(session, sides[0], work, "dance")

    def test_rests_once_the_deal_is_closed(self, session, sides, deal, work):
        deal.stage, deal.ended_at = DealStage.CLOSED, NOON
        session.flush()
        with pytest.raises(StepNotAllowed):
            move(session, sides[0], work, "deliver", text="x")


class TestWatch:
    def test_calls_what_is_due_soon(self, session, deal):
        called = watching.call_due(session, now=NOON)
        assert called == [rows(session, deal)[1].id]
        assert watching.call_due(session, now=NOON) == []

    def test_alarms_then_stops(self, session, make, deal, sides):
        first, work, last = rows(session, deal)
        move(session, sides[1], work, "call")
        pay(session, make, sides, work)
        assert watching.watch(session, now=NOON + timedelta(days=59)) == ([], [])
        assert watching.watch(session, now=NOON + timedelta(days=60)) == ([work.id], [])
        assert watching.watch(session, now=NOON + timedelta(days=74)) == ([], [])
        assert watching.watch(session, now=NOON + timedelta(days=75)) == ([], [work.id])
        assert watching.watch(session, now=NOON + timedelta(days=90)) == ([], [])
        with pytest.raises(rules.Stopped):
            move(session, sides[0], last, "call")
        with pytest.raises(rules.Stopped):
            pay(session, make, sides, first)
        move(session, sides[0], work, "refund", text="退回")
        move(session, sides[0], last, "call")
        assert last.state is S.PAYABLE
        assert rules.days_waiting(None, NOON) == 0


class TestGuards:
    def test_ask_for_a_plan(self, session, make):
        other = make.deal(DealStage.SIGNED)
        assert services.planned(session, other, NOON)
        assert services.settled(session, other, NOON)

    def test_hold_while_anything_is_open(self, session, make, deal, sides):
        assert not services.planned(session, deal, NOON)
        messages = [one.message for one in services.settled(session, deal, NOON)]
        assert "%(count)s milestones are not completed and released: “%(name)s” first." in messages

    def test_are_met_by_a_contract_of_fees(self, session, make):
        terms = replace(license_terms(), milestones=(), royalty_base=None, royalty_steps=())
        other = make.performing(terms)
        pair = make.side(other.licensor_id), make.side(other.licensee_id)
        assert services.settled(session, other, NOON)
        pay(session, make, pair, rows(session, other)[0])
        assert services.settled(session, other, NOON) == []


def test_the_book_sums_to_zero(session, make, deal, sides):
    pay(session, make, sides, rows(session, deal)[0])
    assert session.scalar(select(func.sum(Line.amount_minor))) == 0
    assert session.scalars(select(PaymentPart)).one().net_minor == 10_000_00


def test_money_people_of_the_deal_see_its_payments(session, make, deal, sides):
    part = milestones.pay(
        session,
        actor=sides[1],
        deal_id=deal.id,
        milestone_id=rows(session, deal)[0].id,
        amount_minor=None,
        now=NOON,
    )
    payment = session.get_one(Payment, part.payment_id)
    assert callbacks.may_see_payment(session, sides[0], payment)
    assert not callbacks.may_see_payment(session, make.member_of(make.organization()), payment)
    assert not callbacks.may_pay(session, sides[0], payment)
    assert rules.open_to(DealRole.LICENSEE, S.DELIVERED)[0].event == "request_changes"
