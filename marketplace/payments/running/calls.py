"""Making a call that was written down, and finding out what became of one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.core import failpoints
from marketplace.payments.gateway.protocol import (
    Account,
    Busy,
    GatewayError,
    Intent,
    OutcomeUnknown,
    Refund,
    Refused,
    Session,
    SessionOrder,
    Transfer,
)
from marketplace.payments.models import CallState, Operation, StripeCall
from marketplace.payments.running import outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session as Database

    from marketplace.payments.gateway.protocol import Gateway
    from marketplace.payments.running.desk import Desk

    Outcome = Session | Intent | Refund | Transfer | Account

#: Keys are kept for at least a day there; after this span they are no protection any more.
KEY_LIFE = timedelta(hours=20)
#: A call that was sent so short ago is in another process's hands.
IN_HANDS = timedelta(seconds=45)
#: A call that waits for so long has lost its process.
ABANDONED = timedelta(minutes=1)

_UNFINISHED = (CallState.PREPARED, CallState.SENT, CallState.UNKNOWN)


@dataclass(frozen=True)
class _Order:
    """A call as plain values, outside of any transaction."""

    id: UUID
    key: str
    operation: Operation
    request: dict[str, Any]
    prepared_at: datetime
    #: Whether it may have arrived before.
    sent_before: bool
    #: Whether the provider keeps a failed answer for the key.
    spent: bool


def is_unfinished() -> ColumnElement[bool]:
    """Say in SQL that a call's outcome is not known."""
    return StripeCall.state.in_(_UNFINISHED)


def unfinished(session: Database, now: datetime, *, limit: int = 200) -> Sequence[UUID]:
    """List calls that were written down and whose outcome nobody has noted, the oldest first."""
    return session.scalars(
        select(StripeCall.id)
        .where(is_unfinished(), StripeCall.prepared_at <= now - ABANDONED)
        .order_by(StripeCall.prepared_at)
        .limit(limit)
    ).all()


def carry_out(desk: Desk, call_id: UUID) -> bool:
    """Make a call, or find out what became of it; give whether its outcome is known now.

    Raises OutcomeUnknown or Busy after noting it: somebody tries again later. A call whose
    outcome is unknown is looked up first. If it is not found, the same request goes out under the
    same key, or, when a failure was answered under that key, under the next one; a call that is
    older than keys live is given up and never sent again.
    """
    with desk.step() as session:
        order = _take(session, call_id, desk.clock())
    if order is None:
        return False
    try:
        outcome = _look_up(desk.gateway, order) if order.sent_before else None
        if outcome is None:
            if order.sent_before and desk.clock() - order.prepared_at > KEY_LIFE:
                raise Refused("it never arrived, and its key has lapsed", "never_arrived")  # noqa: TRY301 — one place notes refusals
            outcome = _make(desk.gateway, _renewed(desk, order) if order.spent else order)
        failpoints.reach("after_stripe_call")
    except Refused as error:
        with desk.step() as session:
            outcomes.refused(session, call_id, error, desk.clock())
        return True
    except GatewayError as error:
        with desk.step() as session:
            _note_unknown(session, call_id, error)
        raise
    with desk.step() as session:
        outcomes.done(session, call_id, outcome, desk.clock())
    return True


def _take(session: Database, call_id: UUID, now: datetime) -> _Order | None:
    call = session.get(StripeCall, call_id, with_for_update=True)
    if call is None or call.state not in _UNFINISHED:
        return None
    if call.state is CallState.SENT and call.sent_at and call.sent_at > now - IN_HANDS:
        return None
    order = _Order(
        id=call.id,
        key=_key(call),
        operation=call.operation,
        request=dict(call.request),
        prepared_at=call.prepared_at,
        sent_before=call.state is not CallState.PREPARED,
        spent=call.spent,
    )
    call.state, call.sent_at = CallState.SENT, now
    call.tries += 1
    return order


def _key(call: StripeCall) -> str:
    return f"{call.idempotency_key}:{call.renewed}" if call.renewed else call.idempotency_key


def _renewed(desk: Desk, order: _Order) -> _Order:
    """Give a call another key, committed first: the look showed that the old one did nothing."""
    with desk.step() as session:
        call = session.get_one(StripeCall, order.id, with_for_update=True)
        call.renewed += 1
        call.spent = False
        return replace(order, key=_key(call))


def _note_unknown(session: Database, call_id: UUID, error: GatewayError) -> None:
    call = session.get_one(StripeCall, call_id, with_for_update=True)
    if call.state is CallState.SENT:
        first = call.tries == 1
        call.state = CallState.PREPARED if isinstance(error, Busy) and first else CallState.UNKNOWN
        call.error = str(error)[:1000]
        call.spent = isinstance(error, OutcomeUnknown) and error.answered


def _make(gateway: Gateway, order: _Order) -> Outcome:
    request, key = order.request, order.key
    if order.operation is Operation.OPEN_SESSION:
        wanted = SessionOrder(**{**request, "methods": tuple(request["methods"])})
        return gateway.open_session(wanted, key=key)
    if order.operation is Operation.CAPTURE:
        return gateway.capture(request["intent"], request["amount"], key=key)
    if order.operation is Operation.REFUND:
        return gateway.refund(request, key=key)
    if order.operation is Operation.TRANSFER:
        return gateway.transfer(request, key=key)
    return gateway.open_account(request, key=key)


def _look_up(gateway: Gateway, order: _Order) -> Outcome | None:
    """Find what a call may have made, by what it was made for; None when it isn't there."""
    request = order.request
    if order.operation is Operation.OPEN_SESSION:
        since = int((order.prepared_at - timedelta(minutes=5)).timestamp())
        return gateway.find_session(request["payment"], request["session_no"], since=since)
    if order.operation is Operation.REFUND:
        found = (one for one in gateway.refunds(request["intent"]))
        return next((one for one in found if one.refund == request["refund"]), None)
    if order.operation is Operation.TRANSFER:
        return gateway.find_transfer(request["account"], request["payout"])
    if order.operation is Operation.CAPTURE:
        intent = gateway.intent(request["intent"])
        return intent if intent.status == "succeeded" else None
    # Accounts can't be looked up by metadata; the key protects, and a second one costs nothing.
    return None


def as_request(order: SessionOrder) -> dict[str, Any]:
    """Give an order for a page as it is written down."""
    return {**asdict(order), "methods": list(order.methods)}
