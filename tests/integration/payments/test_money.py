"""Requests, refunds, releases, transfers, disputes and payouts, with what the books say."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.ledger.services import seal_pending
from marketplace.payments import queries, services
from marketplace.payments.models import (
    DisputeState,
    Method,
    PaymentState,
    PayoutState,
    Provider,
    Purpose,
    RefundState,
    SlipState,
    StripeCall,
)
from marketplace.payments.services import disputes, payouts, receiving, refunds
from tests.conftest import NOON
from tests.jobs import waiting

A = Account


@pytest.fixture(autouse=True)
def books_hold(session):
    """After every test the books are sealed, sum to zero and hold."""
    yield
    seal_pending(session)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert sum(books.balances(session).values()) == 0
    assert list(books.verify(session)) == []


def request(session, make, **values):
    values.setdefault("amount_minor", 100_000)
    values.setdefault("payer_id", make.organization_id())
    values.setdefault("payee_id", make.organization_id())
    values.setdefault("purpose_id", uuid4())
    return services.request(
        session, actor=None, purpose=Purpose.BOOKING, title="中试线", now=NOON, **values
    )


class TestRequest:
    def test_copies_the_rates_and_tells(self, session, make, desk):
        payment = request(session, make)
        assert (payment.commission_bp, payment.tax_bp, payment.attempt_no) == (500, 600, 1)
        assert ("payment.requested", {"payment_id": str(payment.id)}) in waiting(session)

    def test_gives_an_open_request_back(self, session, make, desk):
        payment = request(session, make)
        values = {
            "payer_id": payment.payer_id,
            "payee_id": payment.payee_id,
            "purpose_id": payment.purpose_id,
        }
        assert request(session, make, **values).id == payment.id
        with pytest.raises(RuleBroken):
            request(session, make, amount_minor=5, **values)

    def test_counts_attempts(self, session, make, desk):
        payment = request(session, make)
        services.cancel(session, actor=None, payment_id=payment.id, reason="x", now=NOON)
        again = request(session, make, purpose_id=payment.purpose_id)
        assert (again.attempt_no, desk.names) == (2, [])

    def test_refuses_what_is_paid(self, session, make, desk):
        payment = make.paid()
        with pytest.raises(RuleBroken):
            request(session, make, purpose_id=payment.purpose_id)

    def test_settles_nothing_at_once(self, session, make, desk):
        payment = request(session, make, amount_minor=0)
        assert (payment.state, payment.method) == (PaymentState.CAPTURED, Method.FREE)
        assert desk.names == ["settled"]

    @pytest.mark.parametrize("amount", [-1, 10**14])
    def test_refuses_amounts_that_cannot_be(self, session, make, amount):
        with pytest.raises(RuleBroken):
            request(session, make, amount_minor=amount)

    def test_one_open_payment_is_a_rule_of_the_database(self, session, make):
        payment = make.payment()
        with pytest.raises(IntegrityError, match="one_open_payment"), session.begin_nested():
            make.payment(purpose_id=payment.purpose_id, attempt_no=2)


class TestReceive:
    def test_is_prepaid_and_settles_once(self, session, make, desk):
        payment = make.paid()
        assert books.balances(session) == {A.STRIPE_CLEARING: 100_000, A.PREPAID: -100_000}
        with pytest.raises(RuleBroken):
            receiving.receive(session, payment, method=Method.CARD, amount_minor=100_000, now=NOON)
        assert desk.names == ["settled"]

    def test_that_cannot_be_honored_is_refunded_by_itself(self, session, make, desk):
        desk.taken = True
        payment = make.online()
        receiving.expire(session, payment, NOON)
        receiving.receive(session, payment, method=Method.CARD, amount_minor=100_000, now=NOON)
        (order,) = queries.refunds_of(session, payment.id)
        assert (order.state, order.amount_minor) == (RefundState.REQUESTED, 100_000)
        assert payment.refunded_minor == 100_000
        assert "payment.not_honored" in {name for name, _ in waiting(session)}

    def test_late_is_settled_again_when_it_can_be(self, session, make, desk):
        payment = make.online()
        receiving.expire(session, payment, NOON)
        receiving.receive(session, payment, method=Method.CARD, amount_minor=100_000, now=NOON)
        assert desk.names == ["ended", "settled"]
        assert payment.state is PaymentState.CAPTURED

    def test_of_a_second_attempt_gives_the_second_money_back(self, session, make, desk):
        first = make.online()
        receiving.expire(session, first, NOON)
        second = make.online(purpose_id=first.purpose_id, attempt_no=2)
        receiving.receive(session, second, method=Method.CARD, amount_minor=100_000, now=NOON)
        receiving.receive(session, first, method=Method.CARD, amount_minor=100_000, now=NOON)
        assert (second.refunded_minor, first.refunded_minor) == (0, 100_000)

    def test_late_ends_an_open_second_attempt(self, session, make, desk):
        first = make.online()
        receiving.expire(session, first, NOON)
        second = make.online(purpose_id=first.purpose_id, attempt_no=2)
        receiving.receive(session, first, method=Method.CARD, amount_minor=100_000, now=NOON)
        session.refresh(second)
        assert second.state is PaymentState.CANCELLED
        assert ("hearer:payments.close", {"payment_id": str(second.id)}) in waiting(session)


class TestRefund:
    def test_before_release_comes_from_what_is_prepaid(self, session, make, desk):
        payment = make.paid()
        order = services.refund(
            session, actor=None, payment_id=payment.id, amount_minor=40_000, reason="x", now=NOON
        )
        refunds.accept(session, payment, order, NOON)
        assert payment.state is PaymentState.CAPTURED
        refunds.succeed(session, payment, order, NOON)
        assert payment.state is PaymentState.PARTIALLY_REFUNDED
        assert books.balances(session) == {A.STRIPE_CLEARING: 60_000, A.PREPAID: -60_000}
        (call,) = session.query(StripeCall).all()
        assert call.idempotency_key == f"{payment.id}:{order.id}:refund"

    def test_never_exceeds_what_came(self, session, make, desk):
        payment = make.paid()
        values = {"actor": None, "payment_id": payment.id, "reason": "x", "now": NOON}
        services.refund(session, amount_minor=60_000, **values)
        with pytest.raises(RuleBroken):
            services.refund(session, amount_minor=40_001, **values)
        services.refund(session, amount_minor=40_000, **values)
        with pytest.raises(RuleBroken):
            services.refund(session, amount_minor=1, **values)

    def test_after_release_is_owed_by_the_payee_and_returns_the_commission(
        self, session, make, desk
    ):
        payment = make.paid()
        services.release(session, payment_id=payment.id, amount_minor=100_000, now=NOON)
        order = services.refund(
            session, actor=None, payment_id=payment.id, amount_minor=100_000, reason="x", now=NOON
        )
        refunds.succeed(session, payment, order, NOON)
        left = books.balances(session)
        assert payment.state is PaymentState.REFUNDED
        assert left[A.PROVIDER_PAYABLE] == -95_000
        assert left[A.PROVIDER_RECEIVABLE] == 95_000
        assert (left[A.COMMISSION_INCOME], left[A.TAX_PAYABLE]) == (0, 0)
        assert queries.due_payees(session) == []

    def test_that_fails_comes_back_to_a_person(self, session, make, desk):
        payment = make.paid()
        services.release(session, payment_id=payment.id, amount_minor=100_000, now=NOON)
        order = services.refund(
            session, actor=None, payment_id=payment.id, amount_minor=30_000, reason="x", now=NOON
        )
        refunds.succeed(session, payment, order, NOON)
        refunds.fail(session, payment, order, "account closed", NOON)
        assert (payment.refunded_minor, payment.state) == (0, PaymentState.CAPTURED)
        assert books.balance(session, A.STRIPE_CLEARING) == 100_000
        assert queries.due_payees(session) == [(payment.payee_id, 95_000)]
        assert queries.count_stuck_refunds(session) == 1

        administrator = make.administrator()
        with pytest.raises(Denied):
            refunds.retry(session, actor=make.actor(), refund_id=order.id, now=NOON)
        by_bank = refunds.retry(
            session, actor=administrator, refund_id=order.id, now=NOON, by_bank=True
        )
        with pytest.raises(RuleBroken):
            refunds.retry(session, actor=administrator, refund_id=order.id, now=NOON)
        assert by_bank.state is RefundState.BY_HAND
        refunds.settle_by_bank(
            session, actor=administrator, refund_id=by_bank.id, bank_reference="T1", now=NOON
        )
        assert books.balance(session, A.BANK) == -30_000
        assert queries.count_stuck_refunds(session) == 0
        assert payment.state is PaymentState.PARTIALLY_REFUNDED

    def test_from_the_page_is_for_the_payee(self, session, make, desk):
        payee, payer = make.organization(), make.organization()
        payment = make.paid(payer=payer, payee=payee)
        values = {"payment_id": payment.id, "amount_minor": 5, "reason": "x", "now": NOON}
        with pytest.raises(NotFound):
            refunds.refund_by_hand(session, actor=make.member_of(make.organization()), **values)
        with pytest.raises(Denied):
            refunds.refund_by_hand(session, actor=make.member_of(payer), **values)
        assert refunds.refund_by_hand(session, actor=make.member_of(payee), **values)

    @pytest.mark.parametrize("amount", [0, -5])
    def test_gives_something(self, session, make, desk, amount):
        payment = make.paid()
        with pytest.raises(RuleBroken):
            services.refund(
                session,
                actor=None,
                payment_id=payment.id,
                amount_minor=amount,
                reason="x",
                now=NOON,
            )

    def test_needs_a_payment(self, session, make):
        with pytest.raises(NotFound):
            services.refund(
                session, actor=None, payment_id=uuid4(), amount_minor=1, reason="", now=NOON
            )
        with pytest.raises(RuleBroken):
            services.refund(
                session,
                actor=None,
                payment_id=make.payment().id,
                amount_minor=1,
                reason="",
                now=NOON,
            )


class TestRelease:
    def test_shares_between_payee_platform_and_tax(self, session, make, desk):
        payment = make.paid()
        transfer = services.release(session, payment_id=payment.id, amount_minor=100_000, now=NOON)
        again = services.release(session, payment_id=payment.id, amount_minor=100_000, now=NOON)
        assert again.id == transfer.id
        left = books.balances(session)
        assert (left[A.PROVIDER_PAYABLE], left[A.COMMISSION_INCOME], left[A.TAX_PAYABLE]) == (
            -95_000,
            -4_717,
            -283,
        )
        assert left[A.PREPAID] == 0

    def test_in_parts_bears_what_one_release_bears(self, session, make, desk):
        payment = make.paid(amount_minor=999)
        for number, part in enumerate((333, 333, 333)):
            services.release(
                session, payment_id=payment.id, amount_minor=part, now=NOON, key=str(number)
            )
        assert books.balance(session, A.PROVIDER_PAYABLE) == -949

    def test_takes_no_more_than_is_prepaid(self, session, make, desk):
        payment = make.paid()
        services.refund(
            session, actor=None, payment_id=payment.id, amount_minor=1, reason="x", now=NOON
        )
        for amount in (100_000, 0):
            with pytest.raises(RuleBroken):
                services.release(session, payment_id=payment.id, amount_minor=amount, now=NOON)
        with pytest.raises(RuleBroken):
            services.release(session, payment_id=make.payment().id, amount_minor=1, now=NOON)


class TestTransfer:
    @pytest.fixture
    def sides(self, make):
        payer, payee = make.organization(), make.organization()
        return payer, payee, make.payment(payer=payer, payee=payee)

    def record(self, session, make, payer, payment, **values):
        values.setdefault("actor", make.member_of(payer))
        values.setdefault("amount_minor", payment.amount_minor)
        values.setdefault("paid_on", NOON.date())
        values.setdefault("bank_reference", "20261120-77")
        return services.record_transfer(session, payment_id=payment.id, now=NOON, **values)

    def test_counts_when_the_payee_confirms_it(self, session, make, desk, sides):
        payer, payee, payment = sides
        slip = self.record(session, make, payer, payment)
        assert desk.names == []
        values = {"payment_id": payment.id, "slip_id": slip.id, "now": NOON}
        with pytest.raises(Denied):
            services.confirm_transfer(session, actor=make.member_of(payer), **values)
        services.confirm_transfer(session, actor=make.member_of(payee), **values)
        assert (payment.state, payment.method) == (PaymentState.CAPTURED, Method.BANK)
        assert books.balance(session, A.DIRECT_BANK, owner_id=payee.id) == 100_000
        assert desk.names == ["settled"]

    def test_leaves_the_commission_owed_by_the_payee(self, session, make, desk, sides):
        payer, payee, payment = sides
        slip = self.record(session, make, payer, payment)
        services.confirm_transfer(
            session,
            actor=make.member_of(payee),
            payment_id=payment.id,
            slip_id=slip.id,
            now=NOON,
        )
        services.release(session, payment_id=payment.id, amount_minor=100_000, now=NOON)
        assert books.balance(session, A.PROVIDER_RECEIVABLE, owner_id=payee.id) == 5_000
        assert books.balance(session, A.DIRECT_BANK) == 0
        order = services.refund(
            session, actor=None, payment_id=payment.id, amount_minor=100_000, reason="x", now=NOON
        )
        refunds.settle_by_bank(
            session,
            actor=make.member_of(payee),
            refund_id=order.id,
            bank_reference="back",
            now=NOON,
        )
        assert set(books.balances(session).values()) == {0}

    def test_can_be_refused_and_reported_anew(self, session, make, desk, sides):
        payer, payee, payment = sides
        slip = self.record(session, make, payer, payment)
        with pytest.raises(RuleBroken):
            self.record(session, make, payer, payment, bank_reference="another")
        services.refuse_transfer(
            session,
            actor=make.member_of(payee),
            payment_id=payment.id,
            slip_id=slip.id,
            reason="not there",
            now=NOON,
        )
        assert slip.state is SlipState.REFUSED
        with pytest.raises(RuleBroken) as refused:
            self.record(session, make, payer, payment)
        assert refused.value.field == "bank_reference"
        assert self.record(session, make, payer, payment, bank_reference="another")

    @pytest.mark.parametrize(
        "values",
        [{"amount_minor": 99_999}, {"paid_on": NOON.date() + timedelta(days=1)}],
    )
    def test_is_of_the_whole_sum_and_no_promise(self, session, make, sides, values):
        payer, _payee, payment = sides
        with pytest.raises(RuleBroken):
            self.record(session, make, payer, payment, **values)

    def test_is_refused_to_others(self, session, make, sides):
        _payer, payee, payment = sides
        with pytest.raises(Denied):
            self.record(session, make, None, payment, actor=make.member_of(payee))
        with pytest.raises(NotFound):
            self.record(session, make, None, payment, actor=make.actor())

    def test_needs_an_open_payment_and_a_slip_of_it(self, session, make, desk, sides):
        payer, payee, payment = sides
        other = make.paid(payer=payer, payee=payee)
        with pytest.raises(RuleBroken):
            self.record(session, make, payer, other)
        slip = self.record(session, make, payer, payment)
        with pytest.raises(NotFound):
            services.confirm_transfer(
                session,
                actor=make.member_of(payee),
                payment_id=other.id,
                slip_id=slip.id,
                now=NOON,
            )


def claim(state=DisputeState.OPEN, amount=100_000):
    return disputes.Claim(
        stripe_id="dp_1",
        amount_minor=amount,
        fee_minor=1_500,
        currency="CNY",
        reason="fraudulent",
        state=state,
        opened_at=NOON,
        answer_by=None,
    )


class TestDispute:
    def test_holds_the_money_back_until_it_is_won(self, session, make, desk):
        payment = make.paid()
        disputes.hear(session, payment, claim(), NOON)
        assert payment.state is PaymentState.DISPUTED
        assert books.balance(session, A.STRIPE_CLEARING) == -1_500
        with pytest.raises(RuleBroken):
            services.release(session, payment_id=payment.id, amount_minor=1, now=NOON)
        disputes.hear(session, payment, claim(DisputeState.WON), NOON)
        disputes.hear(session, payment, claim(DisputeState.LOST), NOON)
        assert payment.state is PaymentState.CAPTURED
        assert books.balance(session, A.DISPUTE_HOLD) == 0
        assert books.balance(session, A.STRIPE_CLEARING) == 98_500

    def test_lost_before_release_takes_what_was_prepaid(self, session, make, desk):
        payment = make.paid()
        disputes.hear(session, payment, claim(DisputeState.LOST), NOON)
        assert payment.state is PaymentState.LOST
        assert books.balances(session) == {
            A.STRIPE_CLEARING: -1_500,
            A.PREPAID: 0,
            A.PAYMENT_FEES: 1_500,
            A.DISPUTE_HOLD: 0,
        }

    def test_lost_after_release_is_owed_by_the_payee(self, session, make, desk):
        payment = make.paid()
        services.release(session, payment_id=payment.id, amount_minor=100_000, now=NOON)
        disputes.hear(session, payment, claim(DisputeState.LOST, 40_000), NOON)
        assert books.balance(session, A.PROVIDER_RECEIVABLE) == 38_000
        assert queries.due_payees(session) == [(payment.payee_id, 57_000)]

    def test_over_what_was_kept_is_the_platforms_loss(self, session, make, desk):
        payment = make.paid()
        order = services.refund(
            session, actor=None, payment_id=payment.id, amount_minor=30_000, reason="x", now=NOON
        )
        refunds.succeed(session, payment, order, NOON)
        disputes.hear(session, payment, claim(DisputeState.LOST), NOON)
        assert books.balance(session, A.PAYMENT_FEES) == 31_500


class TestPayout:
    @pytest.fixture
    def due(self, session, make, desk):
        payment = make.paid()
        services.release(session, payment_id=payment.id, amount_minor=100_000, now=NOON)
        return payment

    def test_by_bank_needs_a_second_person(self, session, make, due):
        make.payee_account(due.payee_id)
        first, second = make.administrator(), make.administrator()
        payout = payouts.prepare(session, actor=first, payee_id=due.payee_id, now=NOON)
        assert (payout.amount_minor, payout.provider) == (95_000, Provider.BANK)
        with pytest.raises(RuleBroken):
            payouts.prepare(session, actor=first, payee_id=due.payee_id, now=NOON)
        with pytest.raises(Denied):
            payouts.approve(session, actor=first, payout_id=payout.id, now=NOON)
        with pytest.raises(RuleBroken):
            payouts.mark_paid(
                session, actor=first, payout_id=payout.id, bank_reference="B1", now=NOON
            )
        payouts.approve(session, actor=second, payout_id=payout.id, now=NOON)
        with pytest.raises(RuleBroken):
            payouts.mark_paid(
                session, actor=first, payout_id=payout.id, bank_reference=" ", now=NOON
            )
        payouts.mark_paid(session, actor=first, payout_id=payout.id, bank_reference="B1", now=NOON)
        assert payout.state is PayoutState.PAID
        assert books.balance(session, A.PROVIDER_PAYABLE) == 0
        assert books.balance(session, A.BANK) == -95_000

    def test_returned_by_the_bank_is_due_again(self, session, make, due):
        make.payee_account(due.payee_id)
        first, second = make.administrator(), make.administrator()
        payout = payouts.prepare(session, actor=first, payee_id=due.payee_id, now=NOON)
        payouts.approve(session, actor=second, payout_id=payout.id, now=NOON)
        payouts.mark_paid(session, actor=first, payout_id=payout.id, bank_reference="B1", now=NOON)
        payouts.mark_returned(
            session, actor=first, payout_id=payout.id, reason="wrong number", now=NOON
        )
        assert payout.state is PayoutState.RETURNED
        assert books.balance(session, A.BANK) == 0
        assert queries.due_payees(session) == [(due.payee_id, 95_000)]
        again = payouts.prepare(session, actor=first, payee_id=due.payee_id, now=NOON)
        payouts.refuse(session, actor=second, payout_id=again.id, reason="not yet", now=NOON)
        assert queries.due_payees(session) == [(due.payee_id, 95_000)]

    def test_takes_later_refunds_off(self, session, make, due):
        make.payee_account(due.payee_id)
        order = services.refund(
            session, actor=None, payment_id=due.id, amount_minor=20_000, reason="x", now=NOON
        )
        refunds.succeed(session, due, order, NOON)
        payout = payouts.prepare(
            session, actor=make.administrator(), payee_id=due.payee_id, now=NOON
        )
        assert (payout.amount_minor, payout.deducted_minor) == (76_000, 19_000)
        payouts.approve(session, actor=make.administrator(), payout_id=payout.id, now=NOON)
        payouts.mark_paid(
            session, actor=make.administrator(), payout_id=payout.id, bank_reference="B", now=NOON
        )
        assert books.balance(session, A.PROVIDER_PAYABLE) == 0
        assert books.balance(session, A.PROVIDER_RECEIVABLE) == 0

    def test_by_stripe_writes_its_call_down(self, session, make, due):
        make.payee_account(due.payee_id, stripe_id="acct_1", stripe_ready=True)
        payout = payouts.prepare(
            session, actor=make.administrator(), payee_id=due.payee_id, now=NOON
        )
        payouts.approve(session, actor=make.administrator(), payout_id=payout.id, now=NOON)
        (call,) = session.query(StripeCall).all()
        assert call.idempotency_key == f"{payout.id}:transfer"
        for step in (
            lambda: payouts.refuse(
                session, actor=make.administrator(), payout_id=payout.id, reason="x", now=NOON
            ),
            lambda: payouts.mark_paid(
                session,
                actor=make.administrator(),
                payout_id=payout.id,
                bank_reference="x",
                now=NOON,
            ),
        ):
            with pytest.raises(RuleBroken):
                step()
        payouts.hear_sent(session, payout, stripe_id="tr_1", now=NOON)
        payouts.hear_sent(session, payout, stripe_id="tr_1", now=NOON)
        assert payout.state is PayoutState.PAID
        assert books.balance(session, A.STRIPE_CLEARING) == 5_000

    def test_refused_by_stripe_is_due_again(self, session, make, due):
        make.payee_account(due.payee_id, stripe_id="acct_1", stripe_ready=True)
        payout = payouts.prepare(
            session, actor=make.administrator(), payee_id=due.payee_id, now=NOON
        )
        payouts.approve(session, actor=make.administrator(), payout_id=payout.id, now=NOON)
        payouts.hear_refused(session, payout, reason="no balance", now=NOON)
        payouts.hear_refused(session, payout, reason="no balance", now=NOON)
        assert queries.due_payees(session) == [(due.payee_id, 95_000)]

    def test_needs_a_place_to_go_and_something_due(self, session, make, due):
        administrator = make.administrator()
        with pytest.raises(RuleBroken):
            payouts.prepare(session, actor=administrator, payee_id=due.payee_id, now=NOON)
        with pytest.raises(RuleBroken):
            payouts.prepare(session, actor=administrator, payee_id=due.payer_id, now=NOON)
        with pytest.raises(Denied):
            payouts.prepare(
                session,
                actor=make.member_of(make.organization(), MemberRole.OWNER),
                payee_id=due.payee_id,
                now=NOON,
            )


class TestCapture:
    def test_needs_a_reserved_sum(self, session, make, desk):
        payment = make.online(hold=True)
        with pytest.raises(RuleBroken):
            services.capture(session, actor=None, payment_id=payment.id, now=NOON)
        receiving.authorize(
            session,
            payment,
            method=Method.CARD,
            capture_before=NOON + timedelta(days=6),
            now=NOON,
        )
        assert desk.names == ["authorized"]
        services.capture(session, actor=None, payment_id=payment.id, now=NOON)
        assert session.query(StripeCall).one().request["amount"] == 100_000
        with pytest.raises(RuleBroken):
            services.capture(
                session, actor=None, payment_id=payment.id, now=NOON + timedelta(days=7)
            )


class TestCancel:
    def test_closes_the_page_and_leaves_paid_ones_alone(self, session, make, desk):
        payment = make.online()
        services.cancel(session, actor=None, payment_id=payment.id, reason="no", now=NOON)
        services.cancel(session, actor=None, payment_id=payment.id, reason="no", now=NOON)
        assert payment.state is PaymentState.CANCELLED
        assert ("hearer:payments.close", {"payment_id": str(payment.id)}) in waiting(session)
        with pytest.raises(RuleBroken):
            services.cancel(session, actor=None, payment_id=make.paid().id, reason="no", now=NOON)
