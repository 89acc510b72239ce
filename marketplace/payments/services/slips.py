"""Bank transfers: the payer reports one with its slip, the payee says whether it arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.actor import Actor, require
from marketplace.core.constraints import judged
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.payments import permissions, queries
from marketplace.payments.models import BankSlip, Method, Payment, PaymentState, SlipState
from marketplace.payments.rules import ENDED, SLIP, shown
from marketplace.payments.services.receiving import receive
from marketplace.payments.services.timeline import note

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.files.store import Upload

#: Object kind of the files that hang on a payment.
FILE_KIND = "payment"


def record_transfer(
    session: Session,
    *,
    actor: Actor,
    payment_id: UUID,
    amount_minor: int,
    paid_on: date,
    bank_reference: str,
    now: datetime,
    upload: Upload | None = None,
) -> BankSlip:
    """Report a bank transfer of the whole sum; it counts once the payee confirms it.

    A slip may also come after the payment has ended: it is then judged as a late payment.
    """
    payment = queries.get_payment(session, payment_id, actor=actor)
    require(permissions.may_pay(session, actor, payment))
    if actor.user_id is None:
        raise Denied
    payment = queries.lock_payment(session, payment_id)
    if payment.state not in {PaymentState.CREATED, PaymentState.SESSION_OPEN, *ENDED}:
        raise RuleBroken(
            N_("A payment in the state “%(state)s” takes no transfer."), state=payment.state
        )
    if any(slip.state is SlipState.WAITING for slip in queries.slips_of(session, payment_id)):
        raise RuleBroken(N_("A transfer was reported already and waits for the payee."))
    if amount_minor != payment.amount_minor:
        raise RuleBroken(
            N_("The amount due is %(amount)s. Transfer exactly that."),
            field="amount",
            amount=shown(payment.amount_minor, payment.currency),
        )
    if paid_on > now.date():
        raise RuleBroken(N_("The day of the transfer lies in the future."), field="paid_on")
    slip = BankSlip(
        payment_id=payment_id,
        amount_minor=amount_minor,
        paid_on=paid_on,
        bank_reference=bank_reference,
        recorded_by=actor.user_id,
        recorded_at=now,
    )
    with judged(session):
        session.add(slip)
    if upload is not None:
        slip.attachment_id = attach(
            session,
            actor,
            object_kind=FILE_KIND,
            object_id=payment_id,
            organization_id=payment.payer_id,
            upload=upload,
            visibility=Visibility.SIGNED_IN,
            now=now,
            purpose="bank_slip",
        ).id
    note(
        session,
        payment,
        N_("Bank transfer of %(amount)s reported, reference %(reference)s"),
        now=now,
        actor=actor,
        amount=shown(amount_minor, payment.currency),
        reference=bank_reference,
    )
    _record(session, actor, payment, "payment.transfer_recorded", slip, now)
    jobs.tell(session, "payment.transfer_recorded", payment_id=str(payment_id))
    return slip


def _waiting(
    session: Session, actor: Actor, payment_id: UUID, slip_id: UUID
) -> tuple[Payment, BankSlip]:
    payment = queries.get_payment(session, payment_id, actor=actor)
    require(permissions.may_confirm(actor, payment))
    payment = queries.lock_payment(session, payment_id)
    slip = session.get(BankSlip, slip_id, populate_existing=True)
    if slip is None or slip.payment_id != payment_id:
        raise NotFound
    return payment, slip


def confirm_transfer(
    session: Session, *, actor: Actor, payment_id: UUID, slip_id: UUID, now: datetime
) -> Payment:
    """Say that the money arrived at the payee's bank: the payment is paid."""
    payment, slip = _waiting(session, actor, payment_id, slip_id)
    slip.state = SLIP.next(slip.state, "confirm")
    slip.judged_by, slip.judged_at = actor.user_id, now
    session.flush()
    _record(session, actor, payment, "payment.transfer_confirmed", slip, now)
    receive(
        session, payment, method=Method.BANK, amount_minor=slip.amount_minor, now=now, actor=actor
    )
    return payment


def refuse_transfer(
    session: Session, *, actor: Actor, payment_id: UUID, slip_id: UUID, reason: str, now: datetime
) -> Payment:
    """Say that no such money arrived, with the reason; the payer can report another transfer."""
    payment, slip = _waiting(session, actor, payment_id, slip_id)
    slip.state = SLIP.next(slip.state, "refuse")
    slip.judged_by, slip.judged_at, slip.reason = actor.user_id, now, reason
    session.flush()
    note(
        session,
        payment,
        N_("The payee did not find the transfer: %(reason)s"),
        now=now,
        actor=actor,
        reason=reason,
    )
    _record(session, actor, payment, "payment.transfer_refused", slip, now)
    jobs.tell(session, "payment.transfer_refused", payment_id=str(payment_id))
    return payment


def _record(  # noqa: PLR0917 — read as a sentence
    session: Session, actor: Actor, payment: Payment, action: str, slip: BankSlip, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="payment",
        object_id=payment.id,
        now=now,
        slip=slip.id,
        amount_minor=slip.amount_minor,
        bank_reference=slip.bank_reference,
    )
