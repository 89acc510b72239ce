"""Bank transfers and payouts, with what the books say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.payments import queries, services
from marketplace.payments.models import (
    Method,
    PaymentState,
    PayoutState,
    Provider,
    SlipState,
    StripeCall,
)
from marketplace.payments.services import payouts, refunds
from tests.conftest import NOON

A = Account


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
