"""Reminds of recordings and of registrations that wait, day by day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app

from marketplace.contracts import queries
from marketplace.core.actor import WRITERS
from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import Topic, both
from marketplace.notifications.services import notify
from marketplace.papers.typesetting.sheet import BEIJING

if TYPE_CHECKING:
    from datetime import date

    from marketplace.core.jobs import Hearer, Work
    from marketplace.deals.models import Deal

#: Days before the last day on which the supplier's side is reminded, the farthest first.
REMINDERS = (30, 7, 1)

RECORDING_DUE = Topic(
    "contract.recording_due",
    NoticeGroup.PAPERS,
    N_("“%(title)s”: record the license at the patent office by %(day)s."),
)
ANSWER_LATE = Topic(
    "contract.answer_late",
    NoticeGroup.PAPERS,
    N_("“%(title)s”: the registration office should have answered by %(day)s. Ask there."),
)


def _tell(work: Work, deal: Deal, topic: Topic, key: str, day: date) -> None:
    people = members_of(work.session, [deal.licensor_id], now=work.now, roles=WRITERS)
    if deal.manager_person_id is not None and deal.manager_accepted_at is not None:
        people.append(deal.manager_person_id)
    path = current_app.url_map.bind("").build("contracts.registration", {"deal_id": deal.id})
    notify(
        work.session,
        people=people,
        topic=topic,
        dedupe=f"{topic.key}:{key}",
        values={"title": both(deal.title, deal.title_en), "day": day.isoformat()},
        link=path,
        now=work.now,
    )


def remind(work: Work) -> None:
    """Tell of recordings that fall due, and of answers that are late; each once per mark."""
    today = work.now.astimezone(BEIJING).date()
    due = queries.list_unrecorded(work.session, until=today + timedelta(days=REMINDERS[0]))
    for contract in due:
        if contract.recording_due_on is None:
            continue
        left = (contract.recording_due_on - today).days
        mark = min((days for days in REMINDERS if left <= days), default=REMINDERS[0])
        _tell(
            work,
            contract.deal,
            RECORDING_DUE,
            f"{contract.id}:{mark}",
            contract.recording_due_on,
        )
    for registration in queries.list_unanswered(work.session, today=today):
        if registration.answer_due_on is None:
            continue
        _tell(
            work,
            registration.contract.deal,
            ANSWER_LATE,
            f"{registration.id}:{registration.answer_due_on}",
            registration.answer_due_on,
        )


HEARERS: dict[str, Hearer] = {"contracts.remind": remind}
HEARS: dict[str, tuple[str, ...]] = {"contract.registered": ()}
PERIODIC = {"contracts.remind": "20 8 * * *"}
