"""What must hold when all is quiet again: provider, books and capacity say the same."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.bookings.models import COUNTING, Booking, BookingState, Slot
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account, Transaction
from marketplace.payments.models import Payment, Refund, RefundState, StripeCall
from marketplace.payments.running import calls, reconcile, sweep
from marketplace.web.clock import now

if TYPE_CHECKING:
    from tests.soak.copy import Copy


def settle(copy: Copy, *, most_s: float) -> float:
    """Sweep, as the worker does every five minutes, until all is right; give the seconds taken."""
    begun = time.monotonic()
    ahead = timedelta(0)
    while True:
        ahead += timedelta(minutes=6)
        found = sweep.sweep(copy.desk(ahead))
        wrong = differences(copy)
        spent = time.monotonic() - begun
        if not wrong and found.unanswered == 0:
            return spent
        assert spent < most_s, wrong[:10] or found


def differences(copy: Copy) -> list[str]:
    """Say what provider, books and capacity do not agree on."""
    with Session(copy.engine) as session:
        return [*_money(copy, session), *_refunds(copy, session), *_places(session)]


def _money(copy: Copy, session: Session) -> list[str]:
    there: dict[UUID, list[int]] = defaultdict(list)
    for intent in copy.objects("payment_intent"):
        if intent["status"] == "succeeded":
            there[UUID(intent["metadata"]["payment"])].append(intent["amount_received"])
    here = {one.id: one for one in session.scalars(select(Payment))}
    wrong = [f"charged twice: {one}" for one, sums in there.items() if len(sums) > 1]
    wrong += [f"taken but unknown: {one}" for one in there if here[one].captured_minor == 0]
    wrong += [
        f"books say {one.captured_minor}, provider {there.get(one.id)}: {one.id}"
        for one in here.values()
        if one.captured_minor and there.get(one.id) != [one.captured_minor]
    ]
    entered = session.scalar(select(func.count()).where(Transaction.reference.like("capture:%")))
    if entered != len(there):
        wrong.append(f"{entered} receipts in the books, {len(there)} charges there")
    waiting = session.scalar(
        select(func.count()).select_from(StripeCall).where(calls.is_unfinished())
    )
    if waiting:
        wrong.append(f"{waiting} calls without outcome")
    return wrong


def _refunds(copy: Copy, session: Session) -> list[str]:
    there: dict[str, list[int]] = defaultdict(list)
    for refund in copy.objects("refund"):
        if refund["status"] == "succeeded":
            there[refund["metadata"]["refund"]].append(refund["amount"])
    wrong = []
    for order in session.scalars(select(Refund)):
        found = there.pop(str(order.id), [])
        if order.state is RefundState.SUCCEEDED and found != [order.amount_minor]:
            wrong.append(f"refund {order.id}: {order.amount_minor} here, {found} there")
        elif order.state is not RefundState.SUCCEEDED:
            wrong.append(f"refund {order.id} is {order.state}, {found} there")
    return [*wrong, *(f"unknown refund: {one}" for one in there)]


def _places(session: Session) -> list[str]:
    taken = dict(
        session.execute(
            select(Booking.slot_id, func.sum(Booking.places))
            .where(Booking.state.in_(COUNTING))
            .group_by(Booking.slot_id)
        ).all()
    )
    wrong = [
        f"slot {one.id}: counts {one.taken} of {one.capacity}, holds {taken.get(one.id, 0)}"
        for one in session.scalars(select(Slot))
        if one.taken != taken.get(one.id, 0) or one.taken > one.capacity
    ]
    rows = session.execute(select(Payment, Booking).join(Booking, Booking.id == Payment.purpose_id))
    for payment, booking in rows:
        kept = payment.captured_minor - payment.refunded_minor
        if (booking.state is BookingState.CONFIRMED) != (kept > 0):
            wrong.append(f"booking {booking.id} is {booking.state}, {kept} is kept for it")
    return wrong


def require_books(copy: Copy) -> int:
    """Compare every movement with the books, check the chain; give the movements."""
    day = (now() + timedelta(hours=8)).date()
    result = reconcile.reconcile(copy.desk(timedelta(0)), day, until=now() + timedelta(minutes=5))
    assert (result.unexplained_minor, result.differences) == (0, [])
    with Session(copy.engine) as session:
        assert list(books.verify(session)) == []
        assert sum(books.balances(session).values()) == 0
        assert result.net_minor == books.balance(session, Account.STRIPE_CLEARING)
    return result.entries
