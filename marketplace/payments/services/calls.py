"""Writing a call to the provider down before it is made."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.core import jobs
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.payments.models import StripeCall

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.payments.models import Operation


def prepare(
    session: Session,
    *,
    operation: Operation,
    key: str,
    request: dict[str, Any],
    now: datetime,
    queue: bool = True,
    **about: UUID,
) -> StripeCall:
    """Note a call with a key of its own; it is made by a job once this is committed.

    The same key gives the first call back; RuleBroken when it would now ask something else.
    ``about`` names what it belongs to (payment_id, refund_id, payout_id, account_id).
    """
    body = json.dumps([operation.value, request], sort_keys=True, separators=(",", ":"))
    hashed = hashlib.sha256(body.encode()).hexdigest()
    present = session.scalar(select(StripeCall).where(StripeCall.idempotency_key == key))
    if present is not None:
        if present.request_hash != hashed:
            raise RuleBroken(N_("This was ordered before with other amounts."))
        return present
    call = StripeCall(
        idempotency_key=key,
        operation=operation,
        request=request,
        request_hash=hashed,
        prepared_at=now,
        **about,  # type: ignore[arg-type]
    )
    session.add(call)
    session.flush()
    if queue:
        jobs.ask(session, "payments.call", call_id=str(call.id))
    return call
