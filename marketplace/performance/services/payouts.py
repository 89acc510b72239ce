"""Awards that were paid to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.ledger.models import Account, TransactionKind
from marketplace.ledger.services import Line, post
from marketplace.payments.rules import shown
from marketplace.performance.models import AwardPayout, SplitShare, SplitState
from marketplace.performance.queries import figures
from marketplace.performance.services.notes import person_of
from marketplace.performance.services.notices import finish_if_paid
from marketplace.performance.services.splits import locked, note_split

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

_PAYING = frozenset({SplitState.BOOKED})


@dataclass(frozen=True, kw_only=True)
class PayoutDraft:
    """A payout as the office reports it; amounts in minor units, before tax and tax withheld."""

    amount_minor: int
    tax_minor: int
    paid_on: date
    reference: str
    tax_note: str = ""


def record_payout(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    split_id: UUID,
    share_id: UUID,
    draft: PayoutDraft,
    now: datetime,
) -> AwardPayout:
    """Record what a person was paid of their share; never more than the book says is owed."""
    _, split = locked(session, deal_id, split_id, actor=actor)
    share = session.get(SplitShare, share_id, with_for_update=True)
    if share is None or share.split_id != split.id:
        raise NotFound
    if split.state not in _PAYING:
        raise RuleBroken(N_("Awards are paid once the split stands in the books."))
    owed = figures.award_owed(session, [share.id])[share.id]
    if not 0 < draft.amount_minor <= owed:
        raise RuleBroken(
            N_("Of this share %(amount)s is still owed: pay at most that."),
            field="amount",
            amount=shown(owed, split.currency),
        )
    if not 0 <= draft.tax_minor <= draft.amount_minor:
        raise RuleBroken(N_("The tax can't exceed the amount."), field="tax")
    if draft.paid_on > day_of(now):
        raise RuleBroken(N_("The day of the payout lies in the future."), field="paid_on")
    if not draft.reference.strip():
        raise RuleBroken(N_("Give the reference of the payment."), field="reference")
    row = AwardPayout(
        share_id=share.id,
        amount_minor=draft.amount_minor,
        tax_minor=draft.tax_minor,
        paid_on=draft.paid_on,
        reference=draft.reference.strip()[:100],
        recorded_at=now,
        recorded_by=person_of(actor),
        tax_note=draft.tax_note.strip()[:300],
    )
    with judged(session):
        session.add(row)
    post(
        session,
        kind=TransactionKind.AWARD,
        reference=f"award:{row.id}",
        lines=[
            Line(Account.AWARD_PAYABLE, draft.amount_minor, share.id, split.currency),
            Line(Account.CONTRACT_CASH, -draft.amount_minor, split.organization_id, split.currency),
        ],
        about=(figures.SPLIT, split.id),
        memo=row.reference,
        now=now,
    )
    finish_if_paid(session, split)
    note_split(session, split, "award.paid", actor, now, share=share.id)
    return row
