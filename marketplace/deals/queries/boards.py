"""Many deals at once: the board, the list, the calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, or_, select, union_all

from marketplace.codes import rules as figures
from marketplace.core.paging import Page
from marketplace.deals import permissions, settings
from marketplace.deals.models import ENDED, RUNNING, Deal, DealRole, DealStage, DealTask
from marketplace.deals.queries.deals import full

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Cards of one column; the rest is a link into the list.
CARDS = 12
PAGE_SIZE = 25
EXPORT_LIMIT = 5000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which deals are asked for."""

    words: str = ""
    stage: DealStage | None = None
    role: DealRole | None = None
    stuck: bool = False
    ended: bool = False
    sort: str = "touched"
    page: int = 1


@dataclass(frozen=True)
class Column:
    """One stage of the board: how many deals stand there, and the first of them."""

    stage: DealStage
    total: int
    deals: Sequence[Deal]


@dataclass(frozen=True)
class Timers:
    """After how many days a stage counts as stuck."""

    days: Mapping[DealStage, int]
    now: datetime

    def days_in(self, deal: Deal) -> int:
        """Whole days since the deal came to its stage."""
        return (self.now - deal.stage_since).days

    def is_stuck(self, deal: Deal) -> bool:
        """Whether it stands there for longer than the figure of the stage."""
        limit = self.days.get(deal.stage)
        return limit is not None and self.days_in(deal) > limit

    def clause(self) -> ColumnElement[bool]:
        """Say ``is_stuck`` in SQL."""
        return or_(
            *(
                (Deal.stage == stage) & (Deal.stage_since < self.now - timedelta(days=days + 1))
                for stage, days in self.days.items()
            )
        )


def timers(session: Session, *, now: datetime) -> Timers:
    """Read the figures of all stages."""
    found = figures.numbers(session, settings.STUCK.values())
    return Timers({stage: found[key] for stage, key in settings.STUCK.items()}, now)


def scope(actor: Actor, role: DealRole | None = None) -> ColumnElement[bool]:
    """Give the deals on the actor's own pages; an administrator without any reads all.

    ``role`` narrows to those in which the actor stands as this side.
    """
    if role is DealRole.LICENSOR:
        return Deal.licensor_id.in_(actor.organization_ids)
    if role is DealRole.LICENSEE:
        return Deal.licensee_id.in_(actor.organization_ids)
    if role is DealRole.MANAGER:
        return (Deal.manager_person_id == actor.user_id) & Deal.manager_accepted_at.is_not(None)
    return permissions.visible_to(actor)


def _narrowed(wanted: Wanted, actor: Actor, clock: Timers) -> Iterator[ColumnElement[bool]]:
    yield scope(actor, wanted.role)
    # Whom the role's clause leaves aside stays aside.
    if wanted.role is not None:
        yield permissions.visible_to(actor)
    if wanted.stage is not None:
        yield Deal.stage == wanted.stage
    elif not wanted.ended:
        yield Deal.stage.in_(RUNNING)
    if wanted.stuck:
        yield clock.clause()
    if wanted.words:
        yield _named(wanted.words)


def _named(words: str) -> ColumnElement[bool]:
    """Find by the deal's number when it is typed as people write it, else by words of the title."""
    number = words.upper().removeprefix("HQ-")
    if number != words.upper() and number.isascii() and number.isdigit():
        return Deal.number == int(number[:15])
    return or_(
        Deal.title.icontains(words, autoescape=True),
        Deal.title_en.icontains(words, autoescape=True),
    )


_SORTS: Mapping[str, tuple[Any, ...]] = {
    "touched": (Deal.touched_at.desc(), Deal.id),
    "since": (Deal.stage_since, Deal.id),
    "next": (Deal.next_on.asc().nulls_last(), Deal.id),
    "value": (Deal.value_minor.desc().nulls_last(), Deal.id),
    "number": (Deal.number.desc(),),
}
SORTS = tuple(_SORTS)


def _ids(wanted: Wanted, actor: Actor, clock: Timers) -> Select[Any]:
    """Select the ids alone in their order: sorting whole rows of many deals is slow."""
    return (
        select(Deal.id)
        .where(*_narrowed(wanted, actor, clock))
        .order_by(*_SORTS.get(wanted.sort, _SORTS["touched"]))
    )


def _in_order(session: Session, ids: Sequence[UUID]) -> list[Deal]:
    deals = session.scalars(full().where(Deal.id.in_(ids))).unique()
    known = {deal.id: deal for deal in deals}
    return [known[one] for one in ids if one in known]


def list_deals(session: Session, *, actor: Actor, wanted: Wanted, clock: Timers) -> Page[Deal]:
    """Give one page of the deals that are asked for."""
    number = max(1, wanted.page)
    statement = _ids(wanted, actor, clock)
    first = (number - 1) * PAGE_SIZE
    total: int | None = None
    if wanted.words and number == 1:
        # Words are looked for row by row: once, for few rows and their number together.
        rows = session.execute(statement.add_columns(func.count().over()).limit(PAGE_SIZE)).all()
        total = rows[0][1] if rows else 0
        items = _in_order(session, [row[0] for row in rows])
    else:
        total = session.scalar(
            select(func.count()).select_from(Deal).where(*_narrowed(wanted, actor, clock))
        )
        found = session.scalars(statement.limit(PAGE_SIZE).offset(first))
        items = _in_order(session, list(found))
    return Page(items=items, total=total or 0, number=number, size=PAGE_SIZE)


def export_deals(
    session: Session, *, actor: Actor, wanted: Wanted, clock: Timers
) -> Sequence[Deal]:
    """Give the same as rows of a file, at most ``EXPORT_LIMIT``."""
    return _in_order(session, session.scalars(_ids(wanted, actor, clock).limit(EXPORT_LIMIT)).all())


def count_stages(session: Session, *, actor: Actor, wanted: Wanted) -> Mapping[DealStage, int]:
    """Count the deals of each stage."""
    rows = session.execute(
        select(Deal.stage, func.count())
        .where(scope(actor, wanted.role), permissions.visible_to(actor))
        .group_by(Deal.stage)
    )
    return {row[0]: row[1] for row in rows}


def board(session: Session, *, actor: Actor, wanted: Wanted) -> list[Column]:
    """Give the running stages with their longest standing deals.

    One statement finds the cards of all columns, each by the index of its side and stage.
    """
    totals = count_stages(session, actor=actor, wanted=wanted)
    parts = [
        select(Deal.id, literal(stage.value).label("at"))
        .where(Deal.stage == stage, scope(actor, wanted.role), permissions.visible_to(actor))
        .order_by(Deal.stage_since, Deal.id)
        .limit(CARDS)
        .subquery()
        for stage in RUNNING
        if totals.get(stage)
    ]
    found: dict[DealStage, list[Deal]] = {stage: [] for stage in RUNNING}
    if parts:
        ids = list(session.scalars(union_all(*(select(part.c.id) for part in parts))))
        rows = session.scalars(
            full().where(Deal.id.in_(ids)).order_by(Deal.stage_since, Deal.id)
        ).unique()
        for deal in rows:
            found[deal.stage].append(deal)
    return [Column(stage, totals.get(stage, 0), found[stage]) for stage in RUNNING]


@dataclass(frozen=True)
class Day:
    """One day of the calendar with what is planned for it."""

    on: date
    deals: list[Deal] = field(default_factory=list)
    tasks: list[tuple[DealTask, Deal]] = field(default_factory=list)


def calendar(session: Session, *, actor: Actor, first: date, last: date) -> list[Day]:
    """Give each day of a span with the next steps and open tasks that fall on it."""
    days = {
        first + timedelta(days=number): Day(first + timedelta(days=number))
        for number in range((last - first).days + 1)
    }
    deals = session.scalars(
        full()
        .where(
            permissions.visible_to(actor),
            Deal.next_on.between(first, last),
            Deal.stage.not_in(ENDED),
        )
        .order_by(Deal.next_on, Deal.id)
        .limit(500)
    ).unique()
    for deal in deals:
        if deal.next_on is not None:
            days[deal.next_on].deals.append(deal)
    tasks = session.execute(
        select(DealTask, Deal)
        .join(Deal, Deal.id == DealTask.deal_id)
        .where(
            permissions.visible_to(actor),
            DealTask.due_on.between(first, last),
            DealTask.done_at.is_(None),
            Deal.stage.not_in(ENDED),
        )
        .order_by(DealTask.due_on, DealTask.id)
        .limit(500)
    )
    for task, deal in tasks:
        days[task.due_on].tasks.append((task, deal))
    return list(days.values())


def list_own(
    session: Session, *, actor: Actor, wanted: Wanted, clock: Timers, most: int
) -> Sequence[Deal]:
    """Give a few of the deals in which the actor has a role: for the desk."""
    statement = _ids(wanted, actor, clock).where(permissions.own_to(actor)).limit(most)
    return _in_order(session, session.scalars(statement).all())


def count_own(session: Session, *, actor: Actor) -> int:
    """Count the running deals in which the actor has a role."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Deal)
            .where(permissions.own_to(actor), Deal.stage.in_(RUNNING))
        )
        or 0
    )
