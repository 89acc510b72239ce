"""Unknown outcomes, events, and the comparison with the provider."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.payments.gateway.protocol import GatewayError, OutcomeUnknown
from marketplace.payments.models import (
    CallState,
    InboxEvent,
    PaymentState,
    RefundState,
    StripeCall,
)
from marketplace.payments.running import inbox, reconcile, sweep
from marketplace.web.clock import now
from tests.payment_world import order_refund


class TestUnknownOutcomes:
    @pytest.mark.parametrize("kind", ["lost", "error_after"])
    def test_of_a_refund_are_looked_up_and_not_repeated(self, world, bought, desk, kind):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        world.sync(payment)
        order = order_refund(world, payment, 10_000)
        world.control("faults", kind=kind, path="/v1/refunds", method="POST", times=1)
        with pytest.raises(OutcomeUnknown):
            world.run_calls()
        world.settle()
        assert (
            world.session.scalar(select(StripeCall.state).where(StripeCall.refund_id == order.id))
            is CallState.UNKNOWN
        )
        world.run_calls()
        assert order.state is RefundState.SUCCEEDED
        assert len(world.gateway.refunds(payment.intent_id)) == 1

    def test_that_are_too_old_are_given_up(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        world.sync(payment)
        order = order_refund(world, payment, 10_000)
        world.control("faults", kind="cut", path="/v1/refunds", method="POST", times=1)
        with pytest.raises(OutcomeUnknown):
            world.run_calls()
        world.settle()
        world.ahead = timedelta(hours=21)
        world.run_calls()
        assert (order.state, payment.refunded_minor) == (RefundState.FAILED, 0)

    def test_that_failed_for_their_key_go_out_under_the_next(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        world.sync(payment)
        order = order_refund(world, payment, 10_000)
        world.control("faults", kind="error_before", path="/v1/refunds", method="POST", times=1)
        with pytest.raises(OutcomeUnknown):
            world.run_calls()
        world.run_calls()
        assert order.state is RefundState.SUCCEEDED
        assert (
            world.session.scalar(select(StripeCall.renewed).where(StripeCall.refund_id == order.id))
            == 1
        )

    def test_of_a_page_leads_to_the_same_page(self, world, bought, desk):
        payment, actor = bought
        world.control("faults", kind="lost", path="/v1/checkout/sessions", method="POST", times=1)
        with pytest.raises(OutcomeUnknown):
            world.open(payment, actor)
        world.settle()
        world.open(payment, actor)
        assert payment.session_no == 1
        sessions = world.http.get(
            "/v1/checkout/sessions", headers={"Authorization": "Bearer sk_test_1"}
        ).json()
        assert len(sessions["data"]) == 1


class TestInbox:
    def test_is_worked_on_once_in_any_order(self, world, bought, desk):
        payment, actor = bought
        world.gateway._v1.webhook_endpoints.create(
            {"url": "http://127.0.0.1:9/", "enabled_events": ["*"]}
        )
        world.control("webhooks", drop=1.0)
        world.open(payment, actor)
        world.pay(payment)
        world.settle()
        assert sweep.sweep(world.desk).events > 0
        world.settle()
        assert sweep.sweep(world.desk).events == 0
        ids = list(world.session.scalars(select(InboxEvent.id)))
        for event_id in [*reversed(ids), *ids]:
            inbox.work_on(world.desk, event_id)
        world.settle()
        assert payment.state is PaymentState.CAPTURED
        assert desk.names == ["settled"]
        assert (
            world.session.scalar(select(InboxEvent.id).where(InboxEvent.processed_at.is_(None)))
            is None
        )

    def test_keeps_the_error_and_comes_again(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        world.session.execute(
            insert(InboxEvent).values(
                id="evt_1",
                type="x",
                made_at=now(),
                received_at=now(),
                attempts=0,
                error="",
                payload={"metadata": {"payment": str(payment.id)}},
            )
        )
        world.settle()
        world.control("faults", kind="cut", times=1)
        with pytest.raises(GatewayError):
            inbox.work_on(world.desk, "evt_1")
        world.settle()
        event = world.session.get(InboxEvent, "evt_1")
        assert (event.attempts, event.processed_at) == (1, None)
        assert "OutcomeUnknown" in event.error
        inbox.work_on(world.desk, "evt_1")
        world.settle()
        assert event.processed_at is not None
        inbox.work_on(world.desk, "evt_1")
        world.settle()
        assert event.attempts == 2


class TestReconciliation:
    def test_explains_every_fen(self, world, make, desk):
        """Payments with fees, refunds that arrive and fail, disputes won and lost, a payout."""
        payer, payee = make.organization(), make.organization()
        actor = make.member_of(payer)
        paid = []
        for number in range(12):
            payment = make.payment(
                payer=payer, payee=payee, amount_minor=10_000 + 37 * number, requested_at=now()
            )
            world.open(payment, actor)
            world.pay(payment, method=("card", "alipay", "card", "wechat_pay")[number % 4])
            world.sync(payment)
            paid.append(payment)
        for payment in paid[:4]:
            order = order_refund(world, payment, 3_333)
            world.run_calls()
            if order.state is RefundState.PENDING and payment is paid[1]:
                world.control(f"refunds/{order.stripe_id}/fail")
        for payment, ends in ((paid[4], "won"), (paid[6], "lost"), (paid[8], None)):
            dispute = world.control("disputes", payment_intent=payment.intent_id)
            world.sync(payment)
            if ends:
                world.control(f"disputes/{dispute['id']}/close", status=ends)
        world.gateway._v1.payouts.create({"amount": 20_000, "currency": "cny"})
        for payment in paid:
            world.sync(payment)
        day = (now() + timedelta(hours=8)).date()
        result = reconcile.reconcile(world.desk, day, until=now() + timedelta(minutes=5))
        assert result.differences == []
        assert (result.unexplained_minor, result.holds) == (0, True)
        world.settle()
        assert result.net_minor == books.balance(world.session, Account.STRIPE_CLEARING)
        assert books.balance(world.session, Account.BANK) == 20_000

    def test_shows_what_is_missing_on_either_side(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        day = (now() + timedelta(hours=8)).date()
        result = reconcile.reconcile(world.desk, day, until=now() + timedelta(minutes=5))
        assert (result.unexplained_minor, result.holds) == (96_365, False)
        assert result.differences[0]["what"] == "movement"
