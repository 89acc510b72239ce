"""Requests and what is received, with what the books say."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.core.errors import RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.payments import queries, services
from marketplace.payments.models import (
    Method,
    PaymentState,
    Purpose,
    RefundState,
    StripeCall,
)
from marketplace.payments.services import receiving
from tests.conftest import NOON
from tests.jobs import waiting

A = Account


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
