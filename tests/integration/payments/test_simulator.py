"""Payments against the simulator, through Stripe's own library."""

from __future__ import annotations

import threading
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert, select

from devtools.stripe_simulator.server import Simulator
from marketplace.core.errors import RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.payments import queries, services
from marketplace.payments.gateway.protocol import GatewayError, OutcomeUnknown
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.models import (
    CallState,
    Dispute,
    InboxEvent,
    Method,
    PaymentState,
    PayoutState,
    RefundState,
    StripeCall,
)
from marketplace.payments.running import calls, checkout, inbox, reconcile, sweep, sync
from marketplace.payments.running.desk import Desk
from marketplace.payments.services import payouts
from marketplace.web.clock import now
from tests.jobs import waiting

ADDRESSES = checkout.Addresses(
    success_url="http://localhost/back", cancel_url="http://localhost/pay", language="zh"
)


class World:
    """A simulator, the desk that talks to it, and a hand on both."""

    def __init__(self, simulator, session):
        self.base = simulator.world.base
        self.simulator = simulator
        self.session = session
        self.http = httpx.Client(base_url=self.base, timeout=10)
        self.gateway = StripeGateway(key="sk_test_1", webhook_secret="whsec_1", base=self.base)
        self.ahead = timedelta(0)
        self.desk = Desk(session.connection(), self.gateway, lambda: now() + self.ahead)

    def control(self, path, /, **body):
        answer = self.http.post(f"/_control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def settle(self):
        self.session.commit()
        self.session.expire_all()

    def run_calls(self):
        """Make what was written down, as the jobs do."""
        self.settle()
        for call_id in self.session.scalars(select(StripeCall.id).where(calls.is_unfinished())):
            calls.carry_out(self.desk, call_id)
        self.settle()

    def sync(self, payment):
        self.settle()
        sync.sync_payment(self.desk, payment.id)
        self.settle()
        return payment.state

    def open(self, payment, actor):
        self.settle()
        url = checkout.open_page(self.desk, payment.id, actor=actor, addresses=ADDRESSES)
        self.settle()
        return url

    def pay(self, payment, **how):
        return self.control(f"sessions/{payment.session_id}/complete", **how)


@pytest.fixture(scope="module")
def simulator():
    simulator = Simulator(0, seed=7)
    thread = threading.Thread(target=simulator.run, daemon=True)
    thread.start()
    yield simulator
    simulator.server.shutdown()
    thread.join()


@pytest.fixture
def world(simulator, session):
    world = World(simulator, session)
    world.control("reset", seed=7, endpoints=False)
    world.control("settings", settle_days=0)
    yield world
    world.http.close()


@pytest.fixture
def bought(world, make, desk):
    """A payment to be made and the payer's actor."""
    payer = make.organization()
    payment = make.payment(payer=payer, requested_at=now(), expires_at=now() + timedelta(hours=1))
    return payment, make.member_of(payer)


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

    def order(self, world, payment, amount=100_000):
        return services.refund(
            world.session,
            actor=None,
            payment_id=payment.id,
            amount_minor=amount,
            reason="cancelled in time",
            now=now(),
        )

    def test_of_a_card_arrives(self, world, paid):
        world.pay(paid)
        world.sync(paid)
        order = self.order(world, paid, 40_000)
        world.run_calls()
        assert order.state is RefundState.SUCCEEDED
        assert paid.state is PaymentState.PARTIALLY_REFUNDED

    def test_of_a_wallet_is_pending_first_and_can_fail(self, world, paid):
        world.pay(paid, method="alipay")
        world.sync(paid)
        order = self.order(world, paid)
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


class TestUnknownOutcomes:
    @pytest.mark.parametrize("kind", ["lost", "error_after"])
    def test_of_a_refund_are_looked_up_and_not_repeated(self, world, bought, desk, kind):
        payment, actor = bought
        world.open(payment, actor)
        world.pay(payment)
        world.sync(payment)
        order = TestRefund().order(world, payment, 10_000)
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
        order = TestRefund().order(world, payment, 10_000)
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
        order = TestRefund().order(world, payment, 10_000)
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
    def signed(self, world, payment_id):
        """Give an event as the simulator sends it."""
        events = list(world.gateway.missed_events(now() - timedelta(hours=1)))
        return [
            one for one in events if one.object.get("metadata", {}).get("payment") == payment_id
        ]

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
            order = TestRefund().order(world, payment, 3_333)
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
