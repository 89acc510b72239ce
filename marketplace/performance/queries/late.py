"""What is overdue, and with how much interest; what falls due soon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.deals.models import Deal, DealStage
from marketplace.deals.permissions import own_to
from marketplace.performance.models import (
    Milestone,
    MilestoneState,
    RoyaltyStatement,
    StatementState,
)
from marketplace.performance.queries import figures
from marketplace.performance.queries.interest import list_lateness

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


class LateKind(LabelledEnum):
    """What is late."""

    MILESTONE = "late_milestone", N_("Milestone payment")
    REPORT = "late_report", N_("Royalty report")
    ROYALTY = "late_royalty", N_("Royalty payment")


@dataclass(frozen=True, kw_only=True)
class Late:
    """One overdue thing; amounts in minor units, interest is what may be claimed until today."""

    kind: LateKind
    deal: Deal
    subject_id: UUID
    title: str
    title_en: str
    due_on: date
    days: int
    open_minor: int
    interest_minor: int
    currency: str


#: Stages whose late things still count.
_STAGES = (DealStage.SIGNED, DealStage.PERFORMING, DealStage.CLOSED)


def list_late(session: Session, *, actor: Actor, today: date) -> list[Late]:
    """List what is overdue in the actor's deals, the longest overdue first."""
    return _sorted(_late(session, own_to(actor), today))


def list_all_late(session: Session, *, today: date, deal_id: UUID | None = None) -> list[Late]:
    """List what is overdue in all deals, or in one; for jobs and for pages of a loaded deal."""
    return _sorted(_late(session, Deal.id == deal_id if deal_id else Deal.id.is_not(None), today))


def _sorted(rows: Iterator[Late]) -> list[Late]:
    return sorted(rows, key=lambda one: (-one.days, str(one.subject_id)))


class _Claimable:
    """Asks once for each deal which interest is left to claim."""

    def __init__(self, session: Session, today: date) -> None:
        self.session, self.today = session, today
        self.known: dict[UUID, dict[UUID, int]] = {}

    def of(self, deal: Deal, subject_id: UUID) -> int:
        if deal.id not in self.known:
            rows = list_lateness(self.session, deal, today=self.today)
            self.known[deal.id] = {one.subject.id: one.left_minor for one in rows}
        return self.known[deal.id].get(subject_id, 0)


def _late(session: Session, which: ColumnElement[bool], today: date) -> Iterator[Late]:
    claimable = _Claimable(session, today)
    both = (joinedload(Deal.licensor), joinedload(Deal.licensee))
    milestones = session.execute(
        select(Milestone, Deal)
        .join(Deal, Deal.id == Milestone.deal_id)
        .options(*both)
        .where(
            which,
            Deal.stage.in_(_STAGES),
            Milestone.state == MilestoneState.PAYABLE,
            Milestone.due_on < today,
        )
    ).all()
    standing = figures.standings(session, figures.MILESTONE, [row[0].id for row in milestones])
    for milestone, deal in milestones:
        if milestone.due_on is None:
            continue
        days = (today - milestone.due_on).days
        left = standing[milestone.id].open_minor
        yield Late(
            kind=LateKind.MILESTONE,
            deal=deal,
            subject_id=milestone.id,
            title=milestone.name,
            title_en=milestone.name_en or milestone.name,
            due_on=milestone.due_on,
            days=days,
            open_minor=left,
            interest_minor=claimable.of(deal, milestone.id),
            currency=milestone.currency,
        )
    statements = session.execute(
        select(RoyaltyStatement, Deal)
        .join(Deal, Deal.id == RoyaltyStatement.deal_id)
        .options(*both)
        .where(
            which,
            Deal.stage.in_(_STAGES),
            or_(
                RoyaltyStatement.state.in_((StatementState.DUE, StatementState.DISPUTED))
                & (RoyaltyStatement.report_due_on < today),
                (RoyaltyStatement.state == StatementState.CONFIRMED)
                & (RoyaltyStatement.pay_due_on < today),
            ),
        )
    ).all()
    standing = figures.standings(session, figures.STATEMENT, [row[0].id for row in statements])
    for statement, deal in statements:
        paying = statement.state is StatementState.CONFIRMED
        due = (statement.pay_due_on if paying else None) or statement.report_due_on
        days = (today - due).days
        left = standing[statement.id].open_minor
        yield Late(
            kind=LateKind.ROYALTY if paying else LateKind.REPORT,
            deal=deal,
            subject_id=statement.id,
            title=f"{statement.from_on}—{statement.to_on}",
            title_en=f"{statement.from_on} – {statement.to_on}",
            due_on=due,
            days=days,
            open_minor=left,
            interest_minor=claimable.of(deal, statement.id) if paying else 0,
            currency=statement.currency,
        )
