"""Whatever is done in whatever order, the books balance; ``HANQIAO_SOAK=1`` makes it long."""

from __future__ import annotations

from uuid import uuid4

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from marketplace.core.errors import RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.ledger.services import seal_pending
from marketplace.payments import queries, services
from marketplace.payments.gateway import protocol
from marketplace.payments.models import (
    DisputeState,
    Method,
    Payment,
    PaymentState,
    PayoutState,
    RefundState,
)
from marketplace.payments.running import outcomes
from marketplace.payments.services import disputes, payouts, receiving, refunds
from tests.conftest import NOON
from tests.figures import LONG, note

AMOUNTS = st.integers(1, 5_000)
PAID = (PaymentState.CAPTURED, PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED)


def machine(session, make):  # noqa: C901 — one closure holds all steps
    """A machine on one database session; each run begins at a savepoint and goes back to it."""
    payer, payee = make.organization(), make.organization()
    make.payee_account(payee.id)
    first, second = make.administrator(), make.administrator()

    class Payments(RuleBasedStateMachine):
        payments = Bundle("payments")
        orders = Bundle("orders")

        def __init__(self):
            super().__init__()
            self.savepoint = session.begin_nested()
            self.fees = {}
            self.open_disputes = {}

        def teardown(self):
            seal_pending(session)
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
            assert list(books.verify(session)) == []
            self.savepoint.rollback()
            session.expire_all()
            session.info.clear()

        def _try(self, deed):
            """Do it unless a rule forbids it; what was forbidden leaves no trace."""
            try:
                with session.begin_nested():
                    return deed()
            except RuleBroken:
                return None

        @rule(
            target=payments,
            amount=AMOUNTS,
            method=st.sampled_from([Method.CARD, Method.ALIPAY, Method.BANK]),
            commission=st.sampled_from([0, 1, 333, 500, 10_000]),
        )
        def receive(self, amount, method, commission):
            payment = make.payment(
                payer=payer, payee=payee, amount_minor=amount, commission_bp=commission
            )
            payment.intent_id = f"pi_{payment.number}"
            receiving.receive(session, payment, method=method, amount_minor=amount, now=NOON)
            return payment.id

        @rule(target=orders, payment=payments, amount=AMOUNTS)
        def refund(self, payment, amount):
            order = self._try(
                lambda: services.refund(
                    session,
                    actor=None,
                    payment_id=payment,
                    amount_minor=amount,
                    reason="x",
                    now=NOON,
                )
            )
            return order.id if order else multiple()

        @rule(order=orders, status=st.sampled_from(["pending", "succeeded", "failed"]))
        def hear_of_refund(self, order, status):
            row = session.get_one(refunds.Refund, order)
            payment = session.get_one(Payment, row.payment_id)
            if payment.method is Method.BANK or row.state is RefundState.BY_HAND:
                return
            told = protocol.Refund(
                id=f"re_{order}",
                status=status,
                amount_minor=row.amount_minor,
                intent_id=payment.intent_id,
                refund=str(order),
            )
            outcomes.hear_refund(session, payment, told, NOON)

        @rule(order=orders)
        def settle_by_bank(self, order):
            self._try(
                lambda: refunds.settle_by_bank(
                    session, actor=first, refund_id=order, bank_reference="B", now=NOON
                )
            )

        @rule(target=orders, order=orders, by_bank=st.booleans())
        def retry(self, order, by_bank):
            again = self._try(
                lambda: refunds.retry(
                    session, actor=first, refund_id=order, now=NOON, by_bank=by_bank
                )
            )
            return again.id if again else multiple()

        @rule(payment=payments, amount=AMOUNTS)
        def release(self, payment, amount):
            self._try(
                lambda: services.release(
                    session, payment_id=payment, amount_minor=amount, now=NOON, key=str(uuid4())
                )
            )

        @rule(
            payment=payments,
            amount=AMOUNTS,
            ends=st.sampled_from([DisputeState.OPEN, DisputeState.WON, DisputeState.LOST]),
        )
        def dispute(self, payment, amount, ends):
            row = session.get_one(Payment, payment)
            if row.method is not Method.CARD or not row.is_paid:
                return
            claim = disputes.Claim(
                stripe_id=f"dp_{payment}",
                amount_minor=self.open_disputes.setdefault(
                    payment, min(amount, row.captured_minor)
                ),
                fee_minor=15,
                currency="CNY",
                reason="fraudulent",
                state=ends,
                opened_at=NOON,
                answer_by=None,
            )
            disputes.hear(session, row, claim, NOON)

        @rule(end=st.sampled_from(["refused", "paid", "returned"]))
        def pay_out(self, end):
            payout = self._try(
                lambda: payouts.prepare(session, actor=first, payee_id=payee.id, now=NOON)
            )
            if payout is None:
                return
            if end == "refused":
                payouts.refuse(session, actor=second, payout_id=payout.id, reason="x", now=NOON)
                return
            payouts.approve(session, actor=second, payout_id=payout.id, now=NOON)
            payouts.mark_paid(
                session, actor=first, payout_id=payout.id, bank_reference="B", now=NOON
            )
            if end == "returned":
                payouts.mark_returned(
                    session, actor=first, payout_id=payout.id, reason="x", now=NOON
                )
            assert payout.state in (PayoutState.PAID, PayoutState.RETURNED)

        @invariant()
        def the_books_balance(self):
            session.flush()
            left = books.balances(session)
            assert sum(left.values()) == 0
            # Nobody's prepaid money is spent twice, and nobody is paid out more than is due.
            assert left.get(Account.PREPAID, 0) <= 0
            assert left.get(Account.PROVIDER_PAYABLE, 0) <= 0
            assert left.get(Account.DISPUTE_HOLD, 0) >= 0

        @invariant()
        def what_is_due_is_what_the_books_say(self):
            due = -sum(
                books.balance(session, account, owner_id=payee.id)
                for account in (Account.PROVIDER_PAYABLE, Account.PROVIDER_RECEIVABLE)
            )
            told = sum(amount for _, amount in queries.due_payees(session))
            assert max(due, 0) == told

        @invariant()
        def no_payment_gives_back_more_than_came(self):
            for payment in session.query(Payment).filter(Payment.payer_id == payer.id):
                assert 0 <= payment.refunded_minor <= payment.captured_minor
                assert payment.unreleased_minor >= 0
                if payment.state is PaymentState.REFUNDED:
                    assert payment.kept_minor == 0

    return Payments


def test_any_sequence_leaves_the_books_balanced(session, make):
    run_state_machine_as_test(
        machine(session, make),
        settings=settings(
            max_examples=125 if LONG else 6,
            stateful_step_count=50 if LONG else 20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    note(sequences=125 if LONG else 6)


@pytest.mark.parametrize("total", [1, 7, 333, 100_001])
def test_parts_of_any_release_add_up(total):
    from marketplace.payments.rules import parts_of, recalled_parts

    for commission in (0, 1, 500, 3_333, 10_000):
        for tax in (0, 600, 10_000):
            parts = parts_of(total, commission_bp=commission, tax_bp=tax)
            assert parts.net_minor + parts.commission_minor + parts.tax_minor == total
            assert min(parts.net_minor, parts.commission_minor, parts.tax_minor) >= 0
            one = recalled_parts(0, total, commission_bp=commission, tax_bp=tax)
            assert one == parts
