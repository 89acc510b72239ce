"""Paying payees out: one person prepares, another approves; what the bank returns is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core import audit, jobs
from marketplace.core.actor import Actor, require
from marketplace.core.errors import Denied, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.payments import permissions, queries
from marketplace.payments.models import Operation, Payout, PayoutState, Provider, Transfer
from marketplace.payments.rules import PAYOUT
from marketplace.payments.services import entries
from marketplace.payments.services.calls import prepare as prepare_call
from marketplace.payments.services.requests import fresh_number

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.files.store import Upload
    from marketplace.payments.models import PayeeAccount

FILE_KIND = "payout"


def _destination(account: PayeeAccount | None) -> tuple[Provider, str]:
    if account is not None and account.stripe_id and account.stripe_ready:
        return Provider.STRIPE_CONNECT, account.stripe_id
    if account is not None and account.has_bank:
        return (
            Provider.BANK,
            f"{account.account_name} · {account.bank_name} · {account.account_number}",
        )
    raise RuleBroken(N_("The payee has not said where to be paid."))


def prepare(session: Session, *, actor: Actor, payee_id: UUID, now: datetime) -> Payout:
    """Gather what a payee is due into one payout that waits for approval; for administrators."""
    require(permissions.may_prepare_payouts(actor))
    if actor.user_id is None:
        raise Denied
    due = session.scalars(
        select(Transfer)
        .where(Transfer.payee_id == payee_id, Transfer.payout_id.is_(None))
        .where(Transfer.currency == "CNY")
        .order_by(Transfer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    amount = sum(transfer.due_minor for transfer in due)
    if amount <= 0:
        raise RuleBroken(N_("Nothing is due to this payee."))
    provider, destination = _destination(queries.payee_account(session, payee_id))
    payout = Payout(
        number=fresh_number("A", now),
        payee_id=payee_id,
        amount_minor=amount,
        deducted_minor=-sum(transfer.due_minor for transfer in due if not transfer.on_payable),
        provider=provider,
        destination=destination[:300],
        prepared_by=actor.user_id,
        prepared_at=now,
    )
    session.add(payout)
    session.flush()
    for transfer in due:
        transfer.payout_id = payout.id
    session.flush()
    _record(session, actor, payout, "payout.prepared", now)
    return payout


def approve(session: Session, *, actor: Actor, payout_id: UUID, now: datetime) -> Payout:
    """Approve a payout that somebody else prepared; by Stripe Connect it is sent at once."""
    payout = queries.get_payout(session, payout_id, lock=True)
    require(permissions.may_approve(actor, payout))
    payout.state = PAYOUT.next(payout.state, "approve")
    payout.approved_by, payout.approved_at = actor.user_id, now
    session.flush()
    _record(session, actor, payout, "payout.approved", now)
    if payout.provider is Provider.STRIPE_CONNECT:
        prepare_call(
            session,
            operation=Operation.TRANSFER,
            key=f"{payout.id}:transfer",
            request={
                "account": payout.destination,
                "amount": payout.amount_minor,
                "currency": payout.currency,
                "payout": str(payout.id),
            },
            now=now,
            payout_id=payout.id,
        )
    return payout


def refuse(
    session: Session, *, actor: Actor, payout_id: UUID, reason: str, now: datetime
) -> Payout:
    """Give a payout up before money moves; what it held is due again. For administrators."""
    payout = queries.get_payout(session, payout_id, lock=True)
    require(actor.is_administrator)
    if payout.provider is Provider.STRIPE_CONNECT and payout.state is not PayoutState.PREPARED:
        raise RuleBroken(N_("This payout has been handed to Stripe already."))
    payout.state = PAYOUT.next(payout.state, "refuse")
    payout.reason, payout.ended_at = reason[:500], now
    _free(session, payout)
    _record(session, actor, payout, "payout.refused", now, reason=reason)
    return payout


def mark_paid(
    session: Session,
    *,
    actor: Actor,
    payout_id: UUID,
    bank_reference: str,
    now: datetime,
    upload: Upload | None = None,
) -> Payout:
    """Note that the bank transfer was made, with its reference; for administrators."""
    payout = queries.get_payout(session, payout_id, lock=True)
    require(actor.is_administrator)
    if payout.provider is not Provider.BANK:
        raise RuleBroken(N_("Stripe says itself when this payout is made."))
    if not bank_reference.strip():
        raise RuleBroken(N_("Give the bank's reference."), field="bank_reference")
    payout.bank_reference = bank_reference.strip()[:100]
    if upload is not None:
        payout.attachment_id = attach(
            session,
            actor,
            object_kind=FILE_KIND,
            object_id=payout.id,
            organization_id=payout.payee_id,
            upload=upload,
            visibility=Visibility.INTERNAL,
            now=now,
            purpose="bank_slip",
        ).id
    _pay(session, payout, now)
    _record(session, actor, payout, "payout.paid", now, bank_reference=payout.bank_reference)
    return payout


def hear_sent(session: Session, payout: Payout, *, stripe_id: str, now: datetime) -> None:
    """Note that Stripe moved the money to the payee's account; a second time does nothing."""
    if payout.state is PayoutState.APPROVED:
        payout.stripe_id = stripe_id
        _pay(session, payout, now)


def hear_refused(session: Session, payout: Payout, *, reason: str, now: datetime) -> None:
    """Note that Stripe did not take the transfer; what the payout held is due again."""
    if payout.state is PayoutState.APPROVED:
        payout.state = PAYOUT.next(payout.state, "refuse")
        payout.reason, payout.ended_at = reason[:500] or "?", now
        _free(session, payout)
        jobs.tell(session, "payout.returned", payout_id=str(payout.id))


def _pay(session: Session, payout: Payout, now: datetime) -> None:
    payout.state = PAYOUT.next(payout.state, "pay")
    payout.paid_at = now
    session.flush()
    entries.paid_out(session, payout, now)
    jobs.tell(session, "payout.paid", payout_id=str(payout.id))


def mark_returned(
    session: Session, *, actor: Actor | None, payout_id: UUID, reason: str, now: datetime
) -> Payout:
    """Note that the money came back: the entry is reversed, what it held is due again.

    For administrators (by hand), or None when Stripe reversed the transfer.
    """
    payout = queries.get_payout(session, payout_id, lock=True)
    require(actor is None or actor.is_administrator)
    payout.state = PAYOUT.next(payout.state, "return")
    payout.reason, payout.ended_at = reason[:500] or "?", now
    entries.payout_returned(session, payout, now)
    _free(session, payout)
    _record(session, actor, payout, "payout.returned", now, reason=reason)
    jobs.tell(session, "payout.returned", payout_id=str(payout.id))
    return payout


def _free(session: Session, payout: Payout) -> None:
    for transfer in queries.transfers_of(session, payout.id):
        transfer.payout_id = None
    session.flush()


def _record(
    session: Session,
    actor: Actor | None,
    payout: Payout,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="payout",
        object_id=payout.id,
        now=now,
        amount_minor=payout.amount_minor,
        payee=payout.payee_id,
        **details,
    )
