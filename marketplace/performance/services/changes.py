"""What a signed amendment does: plan, royalties, term, book and value, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.contracts.queries import get_contract
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.deals.models import DealStage
from marketplace.performance.models import FormerTerms, Milestone, MilestoneState
from marketplace.performance.queries import plans
from marketplace.performance.rules.changes import (
    FEES,
    Change,
    PlanRow,
    Standing,
    require_fits,
)
from marketplace.performance.rules.royalty import last_day
from marketplace.performance.services import books, milestones, parts
from marketplace.performance.services.notes import note
from marketplace.terms.value import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.performance.models import PaymentPart

#: Stages in which a signed contract may still be changed.
CHANGING = frozenset({DealStage.SIGNED, DealStage.PERFORMING})
_UNPAID = frozenset({MilestoneState.PLANNED, MilestoneState.PAYABLE})
#: Why an open payment ends when its sum changes; shown to both sides.
CHANGED = "补充协议变更了款项 (changed by an amendment)"


def require_changing(deal: Deal) -> None:
    """Raise StepNotAllowed unless the deal's contract is signed and not yet closed."""
    if deal.stage not in CHANGING:
        raise StepNotAllowed(
            N_("This step can't be taken from the stage “%(stage)s”."), stage=deal.stage
        )


def standing_of(session: Session, deal: Deal) -> Standing:
    """Give the contract as it stands, with what of its plan is fixed and what may change.

    Fixed is what was paid, if only in part, delivered, or ended.
    """
    performance = plans.get_performance(session, deal.id)
    rows = plans.list_milestones(session, deal.id)
    paid = parts_by_subject(plans.list_parts(session, [row.id for row in rows]))
    free = [row for row in rows if is_free(row, paid.get(row.id, []))]
    return Standing(
        terms=from_json(performance.terms),
        fixed=tuple(_row(row) for row in rows if row not in free),
        open=tuple(_row(row) for row in free),
        starts_on=performance.starts_on,
        ends_on=performance.ends_on,
    )


def parts_by_subject(found: Sequence[PaymentPart]) -> dict[UUID, list[PaymentPart]]:
    """Sort parts by what they pay for."""
    sorted_parts: dict[UUID, list[PaymentPart]] = {}
    for part in found:
        sorted_parts.setdefault(part.subject_id, []).append(part)
    return sorted_parts


def is_free(milestone: Milestone, asked: Sequence[PaymentPart]) -> bool:
    """Whether nothing of a milestone has happened yet that an amendment would touch."""
    return milestone.state in _UNPAID and parts.settled_minor(asked) == 0


def _row(milestone: Milestone) -> PlanRow:
    return PlanRow(
        milestone_id=milestone.id,
        name=milestone.name,
        criterion=milestone.criterion,
        amount_minor=milestone.amount_minor,
        due_on=milestone.due_on,
        is_fee=not milestone.needs_delivery and milestone.name in FEES,
    )


def apply(
    session: Session,
    deal: Deal,
    change: Change,
    *,
    paper_id: UUID,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Let a signed change take effect; whoever calls holds the deal's row.

    Payments are locked before the performance and the milestones, as everywhere. RuleBroken when
    the plan moved since the proposal: nothing happens then, the signature included.
    """
    require_changing(deal)
    _lock_open_payments(session, deal, change)
    performance = plans.get_performance(session, deal.id, lock=True)
    standing = standing_of(session, deal)
    today = day_of(now)
    require_fits(standing, change, today=today)
    _end_asked(session, deal, standing, change, now)
    rows = {
        one.id: one
        for one in session.scalars(
            select(Milestone)
            .where(Milestone.performance_id == performance.id)
            .order_by(Milestone.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    _change_rows(session, deal, rows, standing, change, key=str(paper_id), now=now)
    _add_rows(session, deal, performance.id, change, currency=performance.currency)
    contract = get_contract(session, deal.id, lock=True)
    contract.amount_minor = change.terms.fixed_total_minor
    deal.value_minor = change.terms.fixed_total_minor
    number = session.scalar(
        select(func.count()).where(FormerTerms.performance_id == performance.id)
    )
    session.add(
        FormerTerms(
            performance_id=performance.id,
            number=int(number or 0) + 1,
            terms=performance.terms,
            until_on=today,
            paper_id=paper_id,
            changed_at=now,
        )
    )
    performance.terms = to_json(change.terms)
    performance.ends_on = last_day(performance.starts_on, change.terms.term_months)
    session.flush()
    note(
        session,
        "performance.changed",
        kind="performance",
        object_id=performance.id,
        actor=actor,
        now=now,
        paper=paper_id,
        amount_minor=contract.amount_minor,
    )


def _touched(standing: Standing, change: Change) -> set[UUID]:
    """Give the milestones whose sum changes or that fall away."""
    after = {row.milestone_id: row.amount_minor for row in change.rows}
    return {
        row.milestone_id
        for row in standing.open
        if row.milestone_id is not None and after.get(row.milestone_id) != row.amount_minor
    }


def _lock_open_payments(session: Session, deal: Deal, change: Change) -> None:
    """Lock the open payments of what changes, before anything else is locked."""
    touched = _touched(standing_of(session, deal), change)
    for part in sorted(plans.list_open_parts(session, deal.id), key=lambda one: one.id):
        if part.subject_id in touched:
            parts.lock_payment(session, part)


def _end_asked(
    session: Session, deal: Deal, standing: Standing, change: Change, now: datetime
) -> None:
    touched = _touched(standing, change)
    for part in plans.list_open_parts(session, deal.id):
        if part.subject_id in touched:
            parts.cancel(session, part, actor=None, reason=CHANGED, now=now)


def _change_rows(
    session: Session,
    deal: Deal,
    rows: dict[UUID, Milestone],
    standing: Standing,
    change: Change,
    *,
    key: str,
    now: datetime,
) -> None:
    after = {row.milestone_id: row for row in change.rows if row.milestone_id is not None}
    for before in standing.open:
        if before.milestone_id is None:
            continue
        milestone, row = rows[before.milestone_id], after.get(before.milestone_id)
        owing = milestones.owing_of(milestone, deal)
        if row is None:
            books.drop_open(session, owing, key=key, now=now)
            milestones.take_by_system(session, milestone, deal, "replace", now=now)
        elif row != before:
            if milestone.state is MilestoneState.PAYABLE:
                more = row.amount_minor - before.amount_minor
                books.changed(session, owing, more, key=key, now=now)
            if row.name != milestone.name:
                milestone.name_en = row.name
            milestone.name, milestone.criterion = row.name, row.criterion
            milestone.amount_minor, milestone.due_on = row.amount_minor, row.due_on
            milestones.write_down(session, milestone, "amend", now=now)


def _add_rows(
    session: Session, deal: Deal, performance_id: UUID, change: Change, *, currency: str
) -> None:
    last = session.scalar(
        select(func.max(Milestone.position)).where(Milestone.performance_id == performance_id)
    )
    fresh = [row for row in change.rows if row.milestone_id is None]
    session.add_all(
        Milestone(
            performance_id=performance_id,
            deal_id=deal.id,
            position=position,
            name=row.name,
            name_en=row.name,
            criterion=row.criterion,
            amount_minor=row.amount_minor,
            currency=currency,
            due_on=row.due_on,
        )
        for position, row in enumerate(fresh, start=int(last or 0) + 1)
    )
    session.flush()


def require_applicable(session: Session, deal: Deal, change: Change, now: datetime) -> None:
    """Raise RuleBroken unless the change could take effect now."""
    require_changing(deal)
    if plans.find_performance(session, deal.id) is None:
        raise RuleBroken(N_("The payments of the contract are not planned yet."))
    require_fits(standing_of(session, deal), change, today=day_of(now))
