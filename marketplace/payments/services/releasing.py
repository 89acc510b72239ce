"""A service was accepted: what was prepaid becomes the payee's and the platform's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core import audit, jobs
from marketplace.core.messages import N_
from marketplace.payments import queries
from marketplace.payments.models import Method, Transfer
from marketplace.payments.rules import parts_of, require_releasable, shown
from marketplace.payments.services import entries
from marketplace.payments.services.timeline import note

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def release(
    session: Session,
    *,
    payment_id: UUID,
    amount_minor: int,
    now: datetime,
    actor: Actor | None = None,
    key: str = "1",
) -> Transfer:
    """Release prepaid money to the payee, less the platform's commission; once per ``key``.

    The caller has judged that the service was accepted. Raises RuleBroken when less is prepaid or
    the payment is disputed.
    """
    payment = queries.lock_payment(session, payment_id)
    reference = f"release:{payment.id}:{key}"
    present = session.scalar(select(Transfer).where(Transfer.reference == reference))
    if present is not None:
        return present
    require_releasable(payment, amount_minor)
    # On the running total, so that parts released one by one bear what one release bears.
    rates = {"commission_bp": payment.commission_bp, "tax_bp": payment.tax_bp}
    before = parts_of(payment.released_minor, **rates)
    after = parts_of(payment.released_minor + amount_minor, **rates)
    parts = type(after)(
        after.net_minor - before.net_minor,
        after.commission_minor - before.commission_minor,
        after.tax_minor - before.tax_minor,
    )
    entries.released(session, payment, parts, reference, now)
    payment.released_minor += amount_minor
    platform = parts.commission_minor + parts.tax_minor
    direct = payment.method is Method.BANK
    transfer = Transfer(
        payment_id=payment.id,
        payee_id=payment.payee_id,
        reference=reference,
        gross_minor=amount_minor,
        commission_minor=parts.commission_minor,
        tax_minor=parts.tax_minor,
        net_minor=parts.net_minor,
        due_minor=-platform if direct else parts.net_minor,
        on_payable=not direct,
        made_at=now,
        currency=payment.currency,
    )
    session.add(transfer)
    session.flush()
    note(
        session,
        payment,
        N_("Service accepted: %(amount)s released to the payee"),
        now=now,
        actor=actor,
        amount=shown(amount_minor, payment.currency),
    )
    audit.record(
        session,
        actor=actor,
        action="payment.released",
        kind="payment",
        object_id=payment.id,
        now=now,
        amount_minor=amount_minor,
    )
    jobs.tell(session, "payment.released", payment_id=str(payment.id))
    return transfer
