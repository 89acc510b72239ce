"""What a refund on a payment's own page means for what was paid: it is owed again.

Told by ``payments`` in the transaction in which the refunded sum changes, with the payment's row
locked. Everything is worked out from that sum, so hearing of it twice changes nothing.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.deals.queries.deals import load_deal
from marketplace.managers.models import ManagerProfile
from marketplace.payments.models import Purpose
from marketplace.payments.rules import parts_of
from marketplace.performance.models import (
    Commission,
    CommissionState,
    InterestClaim,
    InterestState,
    MilestoneState,
    PaymentPart,
    StatementState,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.rules import milestones as table
from marketplace.performance.rules.statements import COMMISSION, INTEREST, STATEMENT
from marketplace.performance.services import (
    books,
    commissions,
    interests,
    milestones,
    parts,
    royalties,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.payments.models import Payment
    from marketplace.performance.models import Milestone
    from marketplace.performance.services.books import Owing

#: What was given back in one step, or dropped, is owed no more.
_OVER = frozenset({MilestoneState.REFUNDED, MilestoneState.CANCELLED, MilestoneState.REPLACED})


def follow(session: Session, payment: Payment, now: datetime) -> None:
    """Bring a paid part, what it pays for and the book up to what was given back."""
    part = session.get(
        PaymentPart, payment.purpose_id, with_for_update=True, populate_existing=True
    )
    if part is None or part.settled_at is None or part.payment_id != payment.id:
        return
    change = min(payment.refunded_minor, part.amount_minor) - part.refunded_minor
    if not change:
        return
    if part.purpose is Purpose.MILESTONE:
        _milestone(session, part, payment, change, now)
    elif part.purpose is Purpose.ROYALTY:
        _statement(session, part, payment, change, now)
    elif part.purpose is Purpose.INTEREST:
        _interest(session, part, payment, change, now)
    else:
        _commission(session, part, payment, change, now)


def _enter(  # noqa: PLR0917 — read as a sentence
    session: Session,
    part: PaymentPart,
    payment: Payment,
    owing: Owing,
    change: int,
    now: datetime,
    *,
    reopens: bool = True,
) -> bool:
    """Enter the change; False when a failed refund's money was paid anew meanwhile.

    Then what came twice stays noted as given back: whoever sees to the failed refund sends it.
    """
    standing = figures.standings(session, owing.kind, [owing.id])[owing.id]
    if reopens and change < 0 and standing.open_minor < -change:
        return False
    recalled = _recalled(part, payment)
    lost = recalled - part.recalled_minor
    part.refunded_minor += change
    part.recalled_minor = recalled
    session.flush()
    books.given_back(
        session,
        owing,
        f"given_back:{part.id}:{part.version}",
        reopened_minor=change if reopens else 0,
        recalled_minor=lost,
        now=now,
    )
    return True


def _recalled(part: PaymentPart, payment: Payment) -> int:
    """Give what the payee gives back of its net (minor units): by the payment's own rates."""
    if part.net_minor is None:
        return 0
    whole = parts_of(
        payment.recalled_minor, commission_bp=payment.commission_bp, tax_bp=payment.tax_bp
    )
    return min(part.net_minor, whole.net_minor)


def _milestone(
    session: Session, part: PaymentPart, payment: Payment, change: int, now: datetime
) -> None:
    deal = load_deal(session, part.deal_id)
    milestone = plans.get_milestone(session, deal, part.subject_id, lock=True)
    owing = milestones.owing_of(milestone, deal)
    reopens = milestone.state not in _OVER
    if not _enter(session, part, payment, owing, change, now, reopens=reopens) or not reopens:
        return
    text = f"{Decimal(abs(change)) / 100:,.2f} {part.currency}"
    if change < 0:
        _paid_again(session, milestone, part, text, now)
    elif milestone.state in table.WITH_A_REST:
        paid = parts.settled_minor(plans.list_parts(session, [milestone.id]))
        if paid:
            milestones.write_down(session, milestone, "give_part_back", now=now, text=text)
        else:
            milestones.take_by_system(session, milestone, deal, "reopen", now=now, text=text)


def _paid_again(
    session: Session, milestone: Milestone, part: PaymentPart, text: str, now: datetime
) -> None:
    """Follow a refund that failed: what stayed is paid as before, its work is shown anew."""
    milestones.write_down(session, milestone, "keep", now=now, text=text)
    is_open = milestones.open_minor(session, milestone) > 0
    if milestone.state is MilestoneState.PAYABLE and not is_open:
        deal = load_deal(session, part.deal_id)
        milestones.paid_in_full(session, milestone, deal, now=now)


def _statement(
    session: Session, part: PaymentPart, payment: Payment, change: int, now: datetime
) -> None:
    deal = load_deal(session, part.deal_id)
    statement = plans.get_statement(session, deal, part.subject_id, lock=True)
    reopens = statement.state is not StatementState.CANCELLED
    owing = royalties.owing_of(statement, deal)
    if not _enter(session, part, payment, owing, change, now, reopens=reopens) or not reopens:
        return
    if statement.state is StatementState.SETTLED:
        statement.state = STATEMENT.next(statement.state, "reopen")
        statement.settled_at = None
        session.flush()
        royalties.note_statement(session, statement, "royalty.reopened", None, now)
    elif change < 0 and not _open(session, owing):
        royalties.settled_in_full(session, statement, now=now)


def _interest(
    session: Session, part: PaymentPart, payment: Payment, change: int, now: datetime
) -> None:
    claim = session.get_one(
        InterestClaim, part.subject_id, with_for_update=True, populate_existing=True
    )
    deal = load_deal(session, part.deal_id)
    owing = interests.owing_of(claim, deal)
    reopens = claim.state is not InterestState.WAIVED
    if not _enter(session, part, payment, owing, change, now, reopens=reopens) or not reopens:
        return
    if claim.state is InterestState.PAID:
        claim.state, claim.ended_at = INTEREST.next(claim.state, "reopen"), None
        session.flush()
    elif change < 0 and not _open(session, owing):
        interests.settled_in_full(session, claim, now=now)


def _commission(
    session: Session, part: PaymentPart, payment: Payment, change: int, now: datetime
) -> None:
    row = session.get_one(Commission, part.subject_id, with_for_update=True, populate_existing=True)
    owing = commissions.owing_of(row, session.get_one(ManagerProfile, row.manager_id))
    reopens = row.state is not CommissionState.WAIVED
    if not _enter(session, part, payment, owing, change, now, reopens=reopens) or not reopens:
        return
    if row.state is CommissionState.PAID:
        row.state, row.paid_at = COMMISSION.next(row.state, "reopen"), None
        session.flush()
        commissions.note_commission(session, row, "commission.reopened", None, now)
    elif change < 0 and row.state is CommissionState.INVOICED and not _open(session, owing):
        row.state, row.paid_at = COMMISSION.next(row.state, "pay"), now
        session.flush()


def _open(session: Session, owing: Owing) -> int:
    return figures.standings(session, owing.kind, [owing.id])[owing.id].open_minor
