"""A manager's commission: worked out from the mandate at signing, invoiced, paid or disputed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.codes import rules as figures_of
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.managers import fees
from marketplace.managers.models import ManagerProfile
from marketplace.managers.queries.mandates import mandates_covering
from marketplace.payments.models import Purpose
from marketplace.payments.rules import shown
from marketplace.performance import permissions, settings
from marketplace.performance.models import Commission, CommissionState
from marketplace.performance.queries import figures, plans
from marketplace.performance.rules.covering import covering
from marketplace.performance.rules.statements import COMMISSION
from marketplace.performance.services import books, parts
from marketplace.performance.services.books import Owing
from marketplace.performance.services.notes import note, require_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.contracts.models import Contract
    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.managers.models import Mandate
    from marketplace.payments.models import Payment
    from marketplace.performance.models import PaymentPart

KIND = "commission"


def _covering(session: Session, deal: Deal, now: datetime) -> Iterator[Mandate]:
    """Give the mandates under which the deal's manager brokered it: one for each client."""
    if deal.manager_id is None or deal.manager_accepted_at is None:
        return
    mandates = mandates_covering(
        session,
        manager_id=deal.manager_id,
        client_ids=(deal.licensor_id, deal.licensee_id),
        object_ids=[one for one in (deal.listing_id, deal.need_id) if one is not None],
    )
    yield from covering(deal, mandates, day_of(now))


def work_out(
    session: Session, deal: Deal, contract: Contract, *, actor: Actor | None, now: datetime
) -> list[Commission]:
    """Work out what each organization owes the manager for a signed contract (Civil Code 963).

    The mandate's fee is copied: what the mandate says later changes nothing.
    """
    found = []
    for mandate in _covering(session, deal, now):
        fee = fees.commission(contract.amount_minor, mandate)
        client = mandate.client_organization_id
        other = deal.licensee_id if client == deal.licensor_id else deal.licensor_id
        for payer_id, amount in ((client, fee.client_minor), (other, fee.other_minor)):
            if not amount:
                continue
            row = Commission(
                deal_id=deal.id,
                manager_id=mandate.manager_id,
                mandate_id=mandate.id,
                payer_id=payer_id,
                base_minor=contract.amount_minor,
                computed_minor=amount,
                amount_minor=amount,
                mandate_terms=_copied(mandate),
                computed_at=now,
                currency=contract.currency,
            )
            session.add(row)
            session.flush()
            note_commission(session, row, "commission.computed", actor, now)
            found.append(row)
    return found


def _copied(mandate: Mandate) -> dict[str, Any]:
    return {
        "success_fee_bp": mandate.success_fee_bp,
        "fixed_fee_minor": mandate.fixed_fee_minor,
        "floor_minor": mandate.floor_minor,
        "cap_minor": mandate.cap_minor,
        "payer": mandate.payer.value,
        "signed_at": mandate.signed_at.isoformat() if mandate.signed_at else None,
    }


def get_commission(
    session: Session, commission_id: UUID, *, actor: Actor, lock: bool = False
) -> tuple[Commission, ManagerProfile]:
    """Give a commission that the actor may see with its manager, or raise NotFound."""
    statement = (
        select(Commission)
        .options(
            joinedload(Commission.deal),
            joinedload(Commission.payer),
            joinedload(Commission.manager),
        )
        .where(Commission.id == commission_id)
    )
    if lock:
        statement = statement.with_for_update(of=Commission).execution_options(
            populate_existing=True
        )
    row = session.scalar(statement)
    if row is None or not permissions.may_see_commission(actor, row, row.manager):
        raise NotFound
    return row, row.manager


def owing_of(commission: Commission, profile: ManagerProfile) -> Owing:
    """Give the commission as something owed to the manager's person."""
    return Owing(
        kind=figures.COMMISSION,
        id=commission.id,
        creditor=profile.person_id,
        debtor=commission.payer_id,
        currency=commission.currency,
        memo=commission.invoice_number,
    )


def invoice(
    session: Session, *, actor: Actor, commission_id: UUID, number: str, now: datetime
) -> Commission:
    """Send the invoice as the manager: the commission is owed from now on."""
    row, profile = get_commission(session, commission_id, actor=actor, lock=True)
    require(permissions.is_earner(actor, profile))
    row.state = COMMISSION.next(row.state, "invoice")
    row.invoice_number = number.strip()[:60]
    if not row.invoice_number:
        raise RuleBroken(N_("Give the number of the invoice."), field="number")
    _owe(session, row, profile, now)
    note_commission(session, row, "commission.invoiced", actor, now)
    return row


def _owe(session: Session, row: Commission, profile: ManagerProfile, now: datetime) -> None:
    row.invoiced_at = now
    row.due_on = day_of(now) + timedelta(days=figures_of.number(session, settings.COMMISSION_DAYS))
    session.flush()
    books.fell_due(session, owing_of(row, profile), row.amount_minor, now=now)


def dispute(
    session: Session, *, actor: Actor, commission_id: UUID, reason: str, now: datetime
) -> Commission:
    """Dispute a commission as its payer, with the reason; an open payment of it is cancelled."""
    seen, _ = get_commission(session, commission_id, actor=actor)
    require(permissions.owes(actor, seen))
    open_part = parts.open_part(plans.list_parts(session, [commission_id]))
    row, _ = get_commission(session, commission_id, actor=actor, lock=True)
    row.state = COMMISSION.next(row.state, "dispute")
    row.dispute_reason = require_text(reason, field="reason")
    if open_part is not None:
        parts.cancel(session, open_part, actor=actor, reason=row.dispute_reason, now=now)
    session.flush()
    note_commission(session, row, "commission.disputed", actor, now)
    return row


def settle_dispute(
    session: Session,
    *,
    actor: Actor,
    commission_id: UUID,
    outcome: str,
    now: datetime,
    amount_minor: int | None = None,
) -> Commission:
    """End a dispute: the payer gives way (amount as before), or the manager asks for less."""
    row, profile = get_commission(session, commission_id, actor=actor, lock=True)
    earner = permissions.is_earner(actor, profile)
    require(earner or permissions.owes(actor, row))
    row.state = COMMISSION.next(row.state, "settle")
    row.outcome = require_text(outcome, field="outcome")
    paid = parts.settled_minor(plans.list_parts(session, [row.id]))
    amount = row.amount_minor if amount_minor is None or not earner else amount_minor
    if not max(1, paid) <= amount <= row.amount_minor:
        raise RuleBroken(
            N_("Ask for at most %(amount)s, and not less than was paid."),
            field="amount",
            amount=shown(row.amount_minor, row.currency),
        )
    before, row.amount_minor = row.amount_minor, amount
    if row.invoiced_at is None:
        _owe(session, row, profile, now)
    elif before != amount:
        owing = owing_of(row, profile)
        books.lower(session, owing, before - amount, key=str(row.version), now=now)
    session.flush()
    if paid >= amount:
        row.state, row.paid_at = COMMISSION.next(row.state, "pay"), now
    session.flush()
    note_commission(session, row, "commission.settled", actor, now, amount_minor=amount)
    return row


def waive(
    session: Session, *, actor: Actor, commission_id: UUID, outcome: str, now: datetime
) -> Commission:
    """Give a commission up as the manager, with the reason."""
    seen, profile = get_commission(session, commission_id, actor=actor)
    require(permissions.is_earner(actor, profile))
    open_part = parts.open_part(plans.list_parts(session, [commission_id]))
    if open_part is not None:
        parts.cancel(session, open_part, actor=actor, reason=outcome, now=now)
    row, profile = get_commission(session, seen.id, actor=actor, lock=True)
    row.state = COMMISSION.next(row.state, "waive")
    row.outcome = require_text(outcome, field="outcome")
    session.flush()
    books.drop_open(session, owing_of(row, profile), key="waived", now=now)
    note_commission(session, row, "commission.waived", actor, now)
    return row


def pay(
    session: Session,
    *,
    actor: Actor,
    commission_id: UUID,
    amount_minor: int | None,
    now: datetime,
) -> PaymentPart:
    """Ask for the payment of an invoiced commission or a part of it, as its payer."""
    row, profile = get_commission(session, commission_id, actor=actor, lock=True)
    require(permissions.owes(actor, row))
    COMMISSION.next(row.state, "pay")
    bill = parts.Bill(
        purpose=Purpose.COMMISSION,
        subject_id=row.id,
        deal_id=row.deal_id,
        payer_id=row.payer_id,
        payee_id=profile.organization_id,
        total_minor=row.amount_minor,
        currency=row.currency,
        title=f"{row.deal.reference} 技术经理人佣金 {row.invoice_number}",
        title_en=f"{row.deal.reference} commission {row.invoice_number}",
        is_demo=row.deal.is_demo,
    )
    return parts.ask(session, bill, actor=actor, amount_minor=amount_minor, now=now)


def settle(session: Session, part: PaymentPart, payment: Payment, now: datetime) -> None:
    """Follow a paid part: the last one pays the commission."""
    row = session.get(Commission, part.subject_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    COMMISSION.next(row.state, "pay")
    profile = session.get_one(ManagerProfile, row.manager_id)
    owing = owing_of(row, profile)
    total = parts.take_in(session, part, owing, payment, now=now)
    parts.release(session, [part], owing, actor=None, now=now)
    if total >= row.amount_minor:
        row.state, row.paid_at = COMMISSION.next(row.state, "pay"), now
        session.flush()
        note_commission(session, row, "commission.paid", None, now)


def note_commission(
    session: Session,
    row: Commission,
    topic: str,
    actor: Actor | None,
    now: datetime,
    **details: object,
) -> None:
    """Note a change of a commission."""
    note(session, topic, kind=KIND, object_id=row.id, actor=actor, now=now, **details)


#: States in which a commission still waits for something.
OPEN = frozenset({CommissionState.COMPUTED, CommissionState.INVOICED, CommissionState.DISPUTED})
