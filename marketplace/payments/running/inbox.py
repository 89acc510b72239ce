"""The provider's events: stored once, then worked on by looking at the objects again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import jobs
from marketplace.payments import queries
from marketplace.payments.gateway import readings
from marketplace.payments.models import InboxEvent, PayeeAccount, Payment, Payout, PayoutState
from marketplace.payments.running.sync import sync_payment
from marketplace.payments.services import payouts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.payments.gateway.protocol import Event
    from marketplace.payments.running.desk import Desk


def store(session: Session, event: Event, *, now: datetime) -> bool:
    """Keep an event unless it is there already; a new one is worked on by a job of its own."""
    made = session.scalar(
        insert(InboxEvent)
        .values(
            id=event.id,
            type=event.type[:100],
            made_at=event.made_at,
            received_at=now,
            payload=dict(event.object),
            attempts=0,
            error="",
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(InboxEvent.id)
    )
    if made is None:
        return False
    jobs.ask(session, "payments.event", event_id=event.id)
    return True


def work_on(desk: Desk, event_id: str) -> None:
    """Let an event have its effect; doing it again does no harm."""
    with desk.step() as session:
        event = session.get(InboxEvent, event_id, with_for_update=True)
        if event is None or event.processed_at is not None:
            return
        event.attempts += 1
        kind, thing = event.type, dict(event.payload)
        event.payment_id = payment_id = _payment_id(session, thing)
    try:
        if payment_id is not None:
            sync_payment(desk, payment_id)
        elif kind.startswith("account."):
            sync_account(desk, str(thing.get("id")))
        elif kind == "transfer.reversed":
            _returned(desk, thing)
    except Exception as error:
        with desk.step() as session:
            session.get_one(InboxEvent, event_id).error = repr(error)[:1000]
        raise
    with desk.step() as session:
        event = session.get_one(InboxEvent, event_id)
        event.processed_at, event.error = desk.clock(), ""


def _payment_id(session: Session, thing: Mapping[str, Any]) -> UUID | None:
    """Find the payment that an object belongs to: by what we wrote on it, or by its parents."""
    named = str((thing.get("metadata") or {}).get("payment") or "")
    try:
        found = session.get(Payment, UUID(named)) if named else None
    except ValueError:
        found = None
    for intent in (thing.get("payment_intent"), thing.get("id")):
        if found is None and isinstance(intent, str):
            found = queries.find_by_intent(session, intent)
    if found is None and isinstance(thing.get("charge"), str):
        found = queries.find_by_charge(session, str(thing["charge"]))
    return found.id if found else None


def sync_account(desk: Desk, stripe_id: str) -> None:
    """Fetch a payee's account and note whether it can receive transfers."""
    with desk.step() as session:
        known = session.scalar(select(PayeeAccount.id).where(PayeeAccount.stripe_id == stripe_id))
    if known is None:
        return
    told = desk.gateway.account(stripe_id)
    with desk.step() as session:
        session.get_one(PayeeAccount, known, with_for_update=True).stripe_ready = told.ready


def _returned(desk: Desk, thing: Mapping[str, Any]) -> None:
    """Take a payout back whose transfer was reversed as a whole at the provider."""
    told = readings.transfer(thing)
    with desk.step() as session:
        payout = session.scalar(
            select(Payout).where(Payout.stripe_id == told.id, Payout.state == PayoutState.PAID)
        )
        if payout is not None and told.reversed:
            payouts.mark_returned(
                session,
                actor=None,
                payout_id=payout.id,
                reason="transfer.reversed",
                now=desk.clock(),
            )
