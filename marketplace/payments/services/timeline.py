"""Writing a payment's timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.payments.models import PaymentEvent

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.models import Payment


def note(
    session: Session,
    payment: Payment,
    message: str,
    *,
    now: datetime,
    actor: Actor | None = None,
    **values: object,
) -> None:
    """Add a line (a message id with its values) to the payment's timeline."""
    session.add(
        PaymentEvent(
            payment_id=payment.id,
            at=now,
            message=message,
            values={
                name: value if isinstance(value, dict) else str(value)
                for name, value in values.items()
            },
            person_id=actor.user_id if actor else None,
        )
    )
