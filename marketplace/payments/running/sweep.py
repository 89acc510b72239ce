"""What was missed: calls without outcome, payments over their time, events that never came."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from marketplace.core import jobs
from marketplace.payments import queries
from marketplace.payments.gateway.protocol import GatewayError
from marketplace.payments.models import (
    Dispute,
    DisputeState,
    InboxEvent,
    Method,
    Payment,
    PaymentState,
    Refund,
    RefundState,
)
from marketplace.payments.running import calls, inbox
from marketplace.payments.running.checkout import HOLD_MARGIN, close_payment
from marketplace.payments.running.sync import sync_payment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.payments.running.desk import Desk

log = logging.getLogger(__name__)

#: What was looked at so short ago is left alone.
RECENT = timedelta(minutes=4)
#: Events are asked for again this far back.
LOOK_BACK = timedelta(days=1)
MOST = 500
#: States of payments whose money is still to come.
_MOVING = (PaymentState.SESSION_OPEN, PaymentState.PROCESSING, PaymentState.AUTHORIZED)


@dataclass
class Swept:
    """What a sweep looked at, and how often the provider gave no answer."""

    calls: int = 0
    closed: int = 0
    synced: int = 0
    events: int = 0
    unanswered: int = 0


def sweep(desk: Desk) -> Swept:
    """Look after everything that is open; one thing's trouble does not stop the others."""
    swept = Swept()
    now = desk.clock()
    with desk.step() as session:
        waiting = list(calls.unfinished(session, now, limit=MOST))
    swept.calls = _each(swept, waiting, lambda one: calls.carry_out(desk, one))
    with desk.step() as session:
        overdue = [*queries.overdue(session, now, limit=MOST), *_fading_holds(session, now)]
    swept.closed = _each(swept, overdue, lambda one: close_payment(desk, one))
    with desk.step() as session:
        open_ones = _to_look_at(session, now)
    swept.synced = _each(swept, open_ones, lambda one: sync_payment(desk, one))
    missed = []
    try:
        if desk.connected is not None:
            missed = list(desk.connected.missed_events(now - LOOK_BACK))
    except GatewayError:
        log.warning("the provider did not list missed events")
        swept.unanswered += 1
    with desk.step() as session:
        swept.events = sum(inbox.store(session, event, now=now) for event in missed)
        _ask_again(session, now)
    return swept


def _each(swept: Swept, things: Iterable[UUID], deed: Callable[[UUID], object]) -> int:
    count = 0
    for one in things:
        try:
            deed(one)
        except GatewayError as error:
            log.warning("payments: %s is looked at again later: %s", one, error)
            swept.unanswered += 1
        except Exception:
            log.exception("payments: %s could not be looked after", one)
            swept.unanswered += 1
        else:
            count += 1
    return count


def _fading_holds(session: Session, now: datetime) -> Sequence[UUID]:
    return session.scalars(
        select(Payment.id)
        .where(
            Payment.state == PaymentState.AUTHORIZED,
            Payment.capture_before <= now + HOLD_MARGIN,
        )
        .limit(MOST)
    ).all()


def _to_look_at(session: Session, now: datetime) -> Sequence[UUID]:
    """List payments with something open at the provider, the longest not looked at first."""
    refunding = select(Refund.payment_id).where(
        Refund.state.in_((RefundState.REQUESTED, RefundState.PENDING))
    )
    disputed = select(Dispute.payment_id).where(Dispute.state == DisputeState.OPEN)
    online = (Method.CARD, Method.ALIPAY, Method.WECHAT_PAY)
    return session.scalars(
        select(Payment.id)
        .where(
            or_(
                Payment.state.in_(_MOVING),
                Payment.id.in_(refunding.union(disputed)),
                and_(Payment.method.in_(online), Payment.fee_minor.is_(None)),
            ),
            Payment.intent_id.is_not(None) | Payment.session_id.is_not(None),
            or_(Payment.synced_at.is_(None), Payment.synced_at <= now - RECENT),
        )
        .order_by(Payment.synced_at.nulls_first())
        .limit(MOST)
    ).all()


def _ask_again(session: Session, now: datetime) -> None:
    """Queue stored events anew whose job was lost."""
    lost = session.scalars(
        select(InboxEvent.id)
        .where(InboxEvent.processed_at.is_(None), InboxEvent.received_at <= now - RECENT)
        .limit(MOST)
    )
    for event_id in lost:
        jobs.ask(session, "payments.event", event_id=event_id)
