"""What seldom happens: refusals, accounts and transfers at the provider, calls in two hands."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from marketplace.core.errors import RuleBroken
from marketplace.payments import queries, services
from marketplace.payments.gateway.protocol import Busy, GatewayError, OutcomeUnknown, Refused
from marketplace.payments.models import (
    CallState,
    InboxEvent,
    Operation,
    Payment,
    PaymentState,
    PayoutState,
    RefundState,
    StripeCall,
)
from marketplace.payments.running import calls, checkout, inbox, outcomes, sweep
from marketplace.payments.running.desk import Desk
from marketplace.payments.services import payouts
from marketplace.payments.services.calls import prepare
from marketplace.web.clock import now
from tests.conftest import NOON
from tests.fakes import FakeGateway
from tests.payment_world import order_refund


def store(session, kind, thing):
    event_id = f"evt_{uuid4().hex}"
    session.execute(
        insert(InboxEvent).values(
            id=event_id,
            type=kind,
            made_at=now(),
            received_at=now(),
            payload=thing,
            attempts=0,
            error="",
        )
    )
    session.commit()
    return event_id


@pytest.fixture
def due(world, bought, make, desk):
    """A released payment whose payee has a ready account at the provider."""
    payment, actor = bought
    world.open(payment, actor)
    world.pay(payment)
    world.sync(payment)
    services.release(world.session, payment_id=payment.id, amount_minor=100_000, now=now())
    made = world.gateway.open_account(
        {"organization": str(payment.payee_id), "name": "X"}, key=f"account {payment.id}"
    )
    make.payee_account(payment.payee_id, stripe_id=made.id, stripe_ready=True)
    world.control(f"accounts/{made.id}/onboard")
    return payment, made


def approved(world, make, payment):
    payout = payouts.prepare(
        world.session, actor=make.administrator(), payee_id=payment.payee_id, now=now()
    )
    payouts.approve(world.session, actor=make.administrator(), payout_id=payout.id, now=now())
    return payout


class TestAccountEvents:
    def test_note_whether_transfers_may_go(self, world, due):
        payment, made = due
        account = queries.payee_account(world.session, payment.payee_id)
        account.stripe_ready = False
        inbox.work_on(world.desk, store(world.session, "account.updated", {"id": made.id}))
        world.settle()
        assert account.stripe_ready
        inbox.work_on(world.desk, store(world.session, "account.updated", {"id": "acct_other"}))

    def test_with_rubbish_are_done_with(self, world, session):
        thing = {"id": "x", "metadata": {"payment": "no id"}, "charge": "ch_0"}
        event_id = store(session, "charge.updated", thing)
        inbox.work_on(world.desk, event_id)
        world.settle()
        assert session.get(InboxEvent, event_id).processed_at

    def test_find_their_payment_by_charge_and_intent(self, world, session, due):
        payment, _made = due
        for thing in ({"id": "dp", "charge": payment.charge_id}, {"id": payment.intent_id}):
            event_id = store(session, "charge.dispute.created", thing)
            inbox.work_on(world.desk, event_id)
            world.settle()
            assert session.get(InboxEvent, event_id).payment_id == payment.id


class TestTransfers:
    def test_reversed_there_are_taken_back(self, world, due, make):
        payment, _made = due
        payout = approved(world, make, payment)
        world.run_calls()
        thing = {"id": payout.stripe_id, "amount": 1, "reversed": True, "metadata": {}}
        for _ in range(2):
            inbox.work_on(world.desk, store(world.session, "transfer.reversed", thing))
            world.settle()
        assert payout.state is PayoutState.RETURNED
        assert queries.due_payees(world.session) == [(payment.payee_id, 95_000)]

    def test_whose_answer_was_lost_are_looked_up(self, world, due, make):
        payment, _made = due
        payout = approved(world, make, payment)
        world.control("faults", kind="lost", path="/v1/transfers", method="POST", times=1)
        with pytest.raises(OutcomeUnknown):
            world.run_calls()
        world.run_calls()
        assert payout.state is PayoutState.PAID
        assert world.session.scalar(select(StripeCall.tries)) is not None

    def test_refused_there_are_due_again(self, world, due, make):
        payment, _made = due
        world.session.get(
            type(queries.payee_account(world.session, payment.payee_id)),
            queries.payee_account(world.session, payment.payee_id).id,
        ).stripe_id = "acct_gone"
        payout = approved(world, make, payment)
        world.run_calls()
        assert payout.state is PayoutState.REFUSED


class TestRefusals:
    def test_of_a_page_are_told(self, world, bought, desk):
        payment, actor = bought
        payment.amount_minor = 10**12
        with pytest.raises(RuleBroken):
            world.open(payment, actor)
        world.settle()
        assert world.session.scalar(select(StripeCall.state)) is CallState.REFUSED
        assert payment.state is PaymentState.CREATED

    def test_of_a_refund_come_to_a_person(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        world.sync(payment)
        world.gateway.refund(
            {"intent": payment.intent_id, "amount": 100_000, "payment": "", "refund": ""},
            key="elsewhere",
        )
        order = order_refund(world, payment, 500)
        world.run_calls()
        assert order.state is RefundState.FAILED

    def test_for_too_many_calls_leave_the_call_as_it_was(self, world, bought, desk):
        payment, actor = bought
        world.control(
            "faults", kind="rate_limit", path="/v1/checkout/sessions", method="POST", times=1
        )
        with pytest.raises(Busy):
            world.open(payment, actor)
        world.settle()
        assert world.session.scalar(select(StripeCall.state)) is CallState.PREPARED


class TestCalls:
    def test_in_other_hands_are_left_alone(self, world, bought, desk, session):
        payment, _actor = bought
        call = prepare(
            session,
            operation=Operation.CAPTURE,
            key="k",
            request={"intent": "pi", "amount": 1},
            now=now(),
            payment_id=payment.id,
        )
        call.state, call.sent_at = CallState.SENT, now()
        world.settle()
        assert not calls.carry_out(world.desk, call.id)
        assert not calls.carry_out(world.desk, uuid4())

    def test_keep_their_first_request(self, session):
        values = {"operation": Operation.REFUND, "key": "k", "now": NOON}
        first = prepare(session, request={"amount": 1}, **values)
        assert prepare(session, request={"amount": 1}, **values).id == first.id
        with pytest.raises(RuleBroken):
            prepare(session, request={"amount": 2}, **values)

    def test_are_ended_once(self, world, bought, desk, session):
        payment, _actor = bought
        call = prepare(
            session,
            operation=Operation.CAPTURE,
            key="k",
            request={},
            now=NOON,
            payment_id=payment.id,
        )
        for _ in range(2):
            outcomes.refused(session, call.id, Refused("no", "x"), NOON)
            outcomes.done(session, call.id, object(), NOON)
        assert call.state is CallState.REFUSED

    def test_of_a_capture_are_looked_up(self, world, make, desk):
        payer = make.organization()
        payment = make.payment(payer=payer, hold=True, requested_at=now())
        world.open(payment, make.member_of(payer))
        world.pay(payment)
        world.sync(payment)
        services.capture(world.session, actor=None, payment_id=payment.id, now=now())
        world.control("faults", kind="lost", path="/v1/payment_intents/.*/capture", times=1)
        with pytest.raises(OutcomeUnknown):
            world.run_calls()
        world.run_calls()
        assert world.sync(payment) is PaymentState.CAPTURED
        # Taking it a second time, or letting it go, changes nothing.
        assert world.gateway.capture(payment.intent_id, 100_000, key="again").status == "succeeded"
        assert world.gateway.cancel_intent(payment.intent_id).status == "succeeded"

    def test_of_an_account_go_out_again_under_their_key(self, world, make, session):
        account = make.payee_account(make.organization_id())
        prepare(
            session,
            operation=Operation.ACCOUNT,
            key=f"{account.id}:account",
            request={"organization": "x", "name": "甲"},
            now=now(),
            account_id=account.id,
        )
        world.control("faults", kind="lost", path="/v1/accounts", times=1)
        with pytest.raises(OutcomeUnknown):
            world.run_calls()
        world.run_calls()
        assert account.stripe_id

    def test_that_end_after_the_payment_close_their_page(self, world, bought, desk):
        payment, actor = bought
        world.control("faults", kind="lost", path="/v1/checkout/sessions", method="POST", times=1)
        with pytest.raises(OutcomeUnknown):
            world.open(payment, actor)
        services.cancel(world.session, actor=None, payment_id=payment.id, reason="no", now=now())
        world.run_calls()
        assert payment.session_id
        checkout.close_payment(world.desk, payment.id)
        assert world.gateway.session(payment.session_id).status == "expired"


class TestSweep:
    def test_goes_on_when_one_thing_fails(self, session, make, desk):
        gateway = FakeGateway()
        payments = [make.online(requested_at=now()) for _ in range(3)]
        for payment in payments:
            gateway.add(payment)
            gateway.pay(payment.session_id)
        del gateway.sessions[payments[0].session_id]
        session.commit()
        ids = [payment.id for payment in payments]
        found = sweep.sweep(Desk(session.connection(), gateway, now))
        session.expire_all()
        assert found.unanswered == 1
        states = [session.get(Payment, one).state for one in ids]
        assert states.count(PaymentState.CAPTURED) == 2

    def test_says_when_events_are_not_listed(self, session):
        class Silent(FakeGateway):
            def missed_events(self, since):
                raise OutcomeUnknown("no answer")

        assert sweep.sweep(Desk(session.connection(), Silent(), now)).unanswered == 1

    def test_queues_lost_events_again(self, session):
        event_id = store(session, "x", {})
        late = Desk(session.connection(), FakeGateway(), lambda: now() + timedelta(minutes=9))
        sweep.sweep(late)
        session.expire_all()
        from tests.jobs import waiting

        assert ("hearer:payments.event", {"event_id": event_id}) in waiting(session)

    def test_needs_a_provider_only_where_there_is_something_to_ask(self, session):
        with pytest.raises(GatewayError):
            _ = Desk(session.connection(), None, now).gateway
