"""Tells the people of a deal what the others did, reminds of tasks, lets silent deals lapse."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app
from sqlalchemy import or_, select

from marketplace.codes import rules as figures
from marketplace.deals import exits, settings, topics
from marketplace.deals.models import ENDED, Deal, DealRole, DealStage, DealTask
from marketplace.deals.rules import BY_EVENT
from marketplace.deals.services.stages import lapse_silent
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import both
from marketplace.notifications.services import notify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from marketplace.core.jobs import Hearer, Work
    from marketplace.notifications.rules import Topic

#: Deals and tasks looked at in one run; the next run takes the rest.
BATCH = 500
SILENT_WORDS = "系统自动终止：长期无进展 (ended by the platform after long silence)"


def people_of(work: Work, deal: Deal, roles: Iterable[DealRole]) -> list[UUID]:
    """Give who acts for these sides today."""
    wanted = set(roles)
    organizations = [
        organization
        for role, organization in (
            (DealRole.LICENSOR, deal.licensor_id),
            (DealRole.LICENSEE, deal.licensee_id),
        )
        if role in wanted
    ]
    people = members_of(work.session, organizations, now=work.now)
    if DealRole.MANAGER in wanted and deal.manager_person_id and deal.manager_accepted_at:
        people.append(deal.manager_person_id)
    return people


def _path(endpoint: str, deal: Deal) -> str:
    return current_app.url_map.bind("").build(endpoint, {"deal_id": deal.id})


def _tell(
    work: Work,
    deal: Deal,
    people: Collection[UUID],
    topic: Topic,
    *,
    key: str,
    endpoint: str = "deals.show",
    **values: object,
) -> None:
    notify(
        work.session,
        people=people,
        topic=topic,
        dedupe=f"{topic.key}:{deal.id}:{key}",
        values={"title": both(deal.title, deal.title_en), **values},
        link=_path(endpoint, deal),
        now=work.now,
    )


def tell_others(
    fact: str,
    work: Work,
    *,
    id: str,  # noqa: A002 — the fact's own word
    by: str | None,
    **more: Any,  # noqa: ANN401 — the fact's own parts
) -> None:
    """Tell everybody in the deal but the person who did it."""
    deal = work.session.get(Deal, UUID(id))
    if deal is None:
        return
    people = [one for one in people_of(work, deal, DealRole) if by is None or one != UUID(by)]
    key = next((str(more[part]) for part in ("message", "visit", "file") if part in more), "")
    stage = DealStage(more["stage"]).label if "stage" in more else ""
    _tell(
        work,
        deal,
        people,
        topics.TO_OTHERS[fact],
        key=key or f"{fact}:{deal.version}",
        endpoint="deals.room"
        if fact in ("deal.file_put", "deal.disclosure_written")
        else "deals.show",
        stage={"label": stage} if stage else "",
    )


def tell_invited(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Ask the invited manager."""
    deal = work.session.get(Deal, UUID(id))
    if deal is not None and deal.manager_person_id and deal.manager_accepted_at is None:
        _tell(
            work,
            deal,
            [deal.manager_person_id],
            topics.INVITED,
            key=str(deal.manager_id),
            endpoint="deals.invitation",
        )


def tell_of_task(
    topic: Topic,
    work: Work,
    *,
    id: str,  # noqa: A002 — see above
    task: str,
    by: str | None = None,
) -> None:
    """Tell a task's side that it was given, or who gave it that it is done."""
    deal, row = work.session.get(Deal, UUID(id)), work.session.get(DealTask, UUID(task))
    if deal is None or row is None:
        return
    people = [row.given_by] if topic is topics.TASK_DONE else people_of(work, deal, {row.role})
    _tell(
        work,
        deal,
        [one for one in people if by is None or one != UUID(by)],
        topic,
        key=f"{row.id}",
        task=row.title,
    )


def remind_of_tasks(work: Work) -> None:
    """Remind each side of its tasks: once some days before, and once on the day after."""
    today = exits.day_of(work.now)
    until = today + timedelta(days=figures.number(work.session, settings.REMIND_DAYS))
    rows = work.session.execute(
        select(DealTask, Deal)
        .join(Deal, Deal.id == DealTask.deal_id)
        .where(
            DealTask.done_at.is_(None),
            DealTask.due_on <= until,
            or_(
                DealTask.reminded_at.is_(None),
                # Overdue, and not reminded of since it became so.
                (DealTask.due_on < today) & (DealTask.reminded_at < work.now - timedelta(days=7)),
            ),
            Deal.stage.not_in(ENDED),
        )
        .order_by(DealTask.due_on, DealTask.id)
        .limit(BATCH)
        .with_for_update(of=DealTask, skip_locked=True)
    ).all()
    for task, deal in rows:
        task.reminded_at = work.now
        _tell(
            work,
            deal,
            people_of(work, deal, {task.role}),
            topics.TASK_DUE,
            key=f"{task.id}:{today}",
            task=task.title,
            day=task.due_on.isoformat(),
        )


def lapse_silent_deals(work: Work) -> None:
    """End the deals that nobody has touched for the number of days that the figure says."""
    days = figures.number(work.session, settings.SILENT_DAYS)
    sources = [stage for row in BY_EVENT.values() if row.after_silence for stage in row.sources]
    ids = work.session.scalars(
        select(Deal.id)
        .where(Deal.stage.in_(sources), Deal.touched_at < work.now - timedelta(days=days))
        .order_by(Deal.touched_at)
        .limit(BATCH)
    ).all()
    for deal_id in ids:
        lapse_silent(work.session, deal_id, now=work.now, words=SILENT_WORDS)


HEARERS: dict[str, Hearer] = {
    **{f"deals.{fact}": partial(tell_others, fact) for fact in topics.TO_OTHERS},
    "deals.invited": tell_invited,
    "deals.task_given": partial(tell_of_task, topics.TASK_GIVEN),
    "deals.task_done": partial(tell_of_task, topics.TASK_DONE),
    "deals.remind": remind_of_tasks,
    "deals.lapse_silent": lapse_silent_deals,
}
HEARS: dict[str, tuple[str, ...]] = {
    **{fact: (f"deals.{fact}",) for fact in topics.TO_OTHERS},
    "deal.manager_invited": ("deals.invited",),
    "deal.task_given": ("deals.task_given",),
    "deal.task_done": ("deals.task_done",),
}
PERIODIC: dict[str, str] = {"deals.remind": "20 0 * * *", "deals.lapse_silent": "40 17 * * *"}
