"""Refunds, releases and disputes, with what the books say."""

from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.payments import queries, services
from marketplace.payments.models import (
    DisputeState,
    PaymentState,
    RefundState,
    StripeCall,
)
from marketplace.payments.services import disputes, refunds
from tests.conftest import NOON

A = Account


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
        values = {"payment_id": payment.id, "amount_minor": 5, "seen_minor": "0", "reason": "x"}
        values["now"] = NOON
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
