"""Three calls in ten go wrong for a while; afterwards every fen is where it belongs."""

from __future__ import annotations

import os
from datetime import timedelta

from sqlalchemy import select

from marketplace.core.errors import RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.payments import queries, services
from marketplace.payments.gateway.protocol import GatewayError
from marketplace.payments.models import Payment, PaymentState, Refund, RefundState, StripeCall
from marketplace.payments.running import calls, reconcile, sweep, sync
from marketplace.web.clock import now

LONG = os.environ.get("HANQIAO_SOAK") == "1"
KINDS = ("lost", "cut", "error_before", "error_after", "rate_limit")


def attempt(world, deed):
    """Try once, as a person or a job does; give whether there was an answer."""
    try:
        deed()
    except (GatewayError, RuleBroken):
        world.settle()
        return False
    world.settle()
    return True


def heal(world):
    """Let the sweep come around as it does every five minutes, until nothing is open."""
    world.http.delete("/_control/faults")
    for round_ in range(3):
        world.ahead = timedelta(minutes=6 * (round_ + 1))
        world.settle()
        sweep.sweep(world.desk)
        world.settle()


def test_all_is_settled_after_the_storm(world, make, desk):
    payer, payee = make.organization(), make.organization()
    actor = make.member_of(payer)
    payments = [
        make.payment(payer=payer, payee=payee, amount_minor=10_000 + n, requested_at=now())
        for n in range(300 if LONG else 12)
    ]
    world.control(
        "faults",
        rules=[{"kind": kind, "probability": 0.3 / len(KINDS), "path": "/v1/.*"} for kind in KINDS],
    )
    for payment in payments:
        for _ in range(4):
            if attempt(world, lambda one=payment: world.open(one, actor)):
                break
        if payment.session_id:
            world.pay(payment)
        attempt(world, lambda one=payment: sync.sync_payment(world.desk, one.id))
        if payment.is_paid:
            services.refund(
                world.session,
                actor=None,
                payment_id=payment.id,
                amount_minor=1_000,
                reason="x",
                now=now(),
            )
            world.settle()
            for call_id in world.session.scalars(select(StripeCall.id)).all():
                attempt(world, lambda one=call_id: calls.carry_out(world.desk, one))
    heal(world)

    headers = {"Authorization": "Bearer sk_test_1"}
    for payment in payments:
        if payment.session_id is None or not payment.is_paid:
            continue
        assert payment.state in (PaymentState.CAPTURED, PaymentState.PARTIALLY_REFUNDED)
        told = world.gateway.refunds(payment.intent_id)
        ours = queries.refunds_of(world.session, payment.id)
        assert len(told) == len([one for one in ours if one.state is RefundState.SUCCEEDED])
        assert len(told) <= 1
    taken = world.http.get("/v1/charges", params={"limit": 100}, headers=headers).json()["data"]
    captured = world.session.scalars(select(Payment).where(Payment.captured_at.is_not(None))).all()
    assert len([one for one in taken if one["paid"]]) == min(100, len(captured))
    assert {one.state for one in world.session.scalars(select(Refund))} <= {
        RefundState.SUCCEEDED,
        RefundState.FAILED,
    }
    day = (now() + timedelta(hours=8)).date()
    result = reconcile.reconcile(world.desk, day, until=now() + timedelta(minutes=5))
    assert (result.unexplained_minor, result.differences) == (0, [])
    world.settle()
    assert result.net_minor == books.balance(world.session, Account.STRIPE_CLEARING)
    assert len(captured) >= len(payments) // 2
