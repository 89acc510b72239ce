"""Payments on the provider's page: paid, held, expired, refunded, disputed, paid out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.errors import RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.payments import queries, services
from marketplace.payments.models import (
    Dispute,
    Method,
    PaymentState,
    PayoutState,
    RefundState,
)
from marketplace.payments.running import checkout, inbox, sweep
from marketplace.payments.running.desk import Desk
from marketplace.payments.services import payouts
from marketplace.web.clock import now
from tests.jobs import waiting
from tests.payment_world import order_refund


class TestPaying:
    def test_opens_one_page_and_settles_once(self, world, bought, desk):
        payment, actor = bought
        url = world.open(payment, actor)
        assert url.startswith(world.base)
        assert world.open(payment, actor) == url
        assert payment.state is PaymentState.SESSION_OPEN
        world.pay(payment)
        for _ in range(3):
            assert world.sync(payment) is PaymentState.CAPTURED
        assert desk.names == ["settled"]
        assert (payment.method, payment.captured_minor, payment.fee_minor) == (
            Method.CARD,
            100_000,
            3_635,
        )
        assert books.balance(world.session, Account.STRIPE_CLEARING) == 100_000 - 3_635
        with pytest.raises(RuleBroken):
            world.open(payment, actor)

    @pytest.mark.parametrize("method", ["alipay", "wechat_pay"])
    def test_takes_wallets(self, world, bought, desk, method):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment, method=method)
        assert world.sync(payment) is PaymentState.CAPTURED
        assert payment.method.value == method

    def test_a_decline_leaves_the_page_open(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        answer = world.http.post(
            f"/_control/sessions/{payment.session_id}/complete",
            json={"number": "4000000000000002"},
        )
        assert answer.status_code == 402
        assert world.sync(payment) is PaymentState.SESSION_OPEN

    def test_on_its_way_then_failed(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment, later=True)
        assert world.sync(payment) is PaymentState.PROCESSING
        with pytest.raises(RuleBroken):
            world.open(payment, actor)
        world.control(f"intents/{payment.intent_id}/settle", succeed=False)
        assert world.sync(payment) is PaymentState.FAILED
        assert desk.names == ["ended"]

    def test_a_closed_page_makes_room_for_the_next(self, world, bought, desk):
        payment, actor = bought
        first = world.open(payment, actor)
        world.gateway.expire_session(payment.session_id)
        assert world.sync(payment) is PaymentState.CREATED
        assert world.open(payment, actor) != first
        assert payment.session_no == 2
        world.pay(payment)
        assert world.sync(payment) is PaymentState.CAPTURED


class TestHold:
    @pytest.fixture
    def held(self, world, make, desk):
        payer = make.organization()
        payment = make.payment(payer=payer, hold=True, requested_at=now())
        world.open(payment, make.member_of(payer))
        world.pay(payment)
        assert world.sync(payment) is PaymentState.AUTHORIZED
        return payment

    def test_is_captured_on_order(self, world, held, desk):
        assert held.capture_before > now() + timedelta(days=6)
        services.capture(world.session, actor=None, payment_id=held.id, now=now())
        world.run_calls()
        assert world.sync(held) is PaymentState.CAPTURED
        assert desk.names == ["authorized", "settled"]

    def test_is_let_go_when_cancelled(self, world, held, desk):
        services.cancel(world.session, actor=None, payment_id=held.id, reason="no", now=now())
        world.settle()
        checkout.close_payment(world.desk, held.id)
        assert world.gateway.intent(held.intent_id).status == "canceled"

    def test_is_given_up_before_it_runs_out(self, world, held, desk):
        world.ahead = timedelta(days=6, hours=1)
        world.settle()
        sweep.sweep(world.desk)
        world.settle()
        assert held.state in (PaymentState.FAILED, PaymentState.EXPIRED)
        assert desk.names == ["authorized", "ended"]


class TestExpiry:
    def test_closes_the_page_first(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        page = payment.session_id
        world.ahead = timedelta(hours=2)
        assert sweep.sweep(world.desk).closed == 1
        world.settle()
        assert payment.state is PaymentState.EXPIRED
        assert world.gateway.session(page).status == "expired"
        assert desk.names == ["ended"]

    def test_complete_means_paid(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        world.ahead = timedelta(hours=2)
        world.settle()
        checkout.close_payment(world.desk, payment.id)
        world.settle()
        assert (payment.state, desk.names) == (PaymentState.CAPTURED, ["settled"])

    @pytest.mark.parametrize("taken", [False, True])
    def test_money_that_comes_late(self, world, bought, desk, taken):
        payment, actor = bought
        world.open(payment, actor)
        services.cancel(world.session, actor=None, payment_id=payment.id, reason="no", now=now())
        desk.taken = taken
        world.pay(payment)
        world.sync(payment)
        world.run_calls()
        if taken:
            assert world.sync(payment) is PaymentState.REFUNDED
            assert desk.names == []
        else:
            assert (payment.state, desk.names) == (PaymentState.CAPTURED, ["settled"])

    def test_without_a_page_needs_no_provider(self, world, bought, desk):
        payment, _actor = bought
        world.ahead = timedelta(hours=2)
        world.settle()
        alone = Desk(world.desk.bind, None, world.desk.clock)
        assert sweep.sweep(alone).closed == 1
        world.settle()
        assert payment.state is PaymentState.EXPIRED


class TestRefund:
    @pytest.fixture
    def paid(self, world, bought, desk):
        payment, actor = bought
        world.open(payment, actor)
        return payment

    def test_of_a_card_arrives(self, world, paid):
        world.pay(paid)
        world.sync(paid)
        order = order_refund(world, paid, 40_000)
        world.run_calls()
        assert order.state is RefundState.SUCCEEDED
        assert paid.state is PaymentState.PARTIALLY_REFUNDED

    def test_of_a_wallet_is_pending_first_and_can_fail(self, world, paid):
        world.pay(paid, method="alipay")
        world.sync(paid)
        order = order_refund(world, paid)
        world.run_calls()
        assert order.state is RefundState.PENDING
        world.control(f"refunds/{order.stripe_id}/fail")
        world.sync(paid)
        assert order.state is RefundState.FAILED
        assert (paid.refunded_minor, paid.state) == (0, PaymentState.CAPTURED)
        assert "refund.failed" in {name for name, _ in waiting(world.session)}

    def test_made_at_the_provider_is_taken_in(self, world, paid):
        world.pay(paid)
        world.sync(paid)
        world.gateway.refund(
            {"intent": paid.intent_id, "amount": 700, "payment": "", "refund": ""}, key="by hand"
        )
        world.sync(paid)
        world.sync(paid)
        (order,) = queries.refunds_of(world.session, paid.id)
        assert (order.amount_minor, order.state) == (700, RefundState.SUCCEEDED)
        assert paid.refunded_minor == 700


class TestDispute:
    @pytest.mark.parametrize(
        ("ends", "state"), [("won", PaymentState.CAPTURED), ("lost", PaymentState.LOST)]
    )
    def test_is_heard_of_to_its_end(self, world, bought, desk, ends, state):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        world.sync(payment)
        dispute = world.control("disputes", payment_intent=payment.intent_id)
        assert world.sync(payment) is PaymentState.DISPUTED
        world.control(f"disputes/{dispute['id']}/close", status=ends)
        assert world.sync(payment) is state
        assert world.session.scalar(select(Dispute.fee_minor)) == 8_500


class TestPayout:
    def test_by_stripe_connect(self, world, bought, make, desk):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        world.sync(payment)
        services.release(world.session, payment_id=payment.id, amount_minor=50_000, now=now())
        made = world.gateway.open_account(
            {"organization": str(payment.payee_id), "name": "X"}, key="account"
        )
        make.payee_account(payment.payee_id, stripe_id=made.id)
        assert world.gateway.account_link(
            made.id, refresh_url="http://localhost/a", return_url="http://localhost/b"
        ).startswith(world.base)
        world.control(f"accounts/{made.id}/onboard")
        world.settle()
        inbox.sync_account(world.desk, made.id)
        world.settle()
        payout = payouts.prepare(
            world.session, actor=make.administrator(), payee_id=payment.payee_id, now=now()
        )
        payouts.approve(world.session, actor=make.administrator(), payout_id=payout.id, now=now())
        world.run_calls()
        assert (payout.state, payout.amount_minor) == (PayoutState.PAID, 47_500)
