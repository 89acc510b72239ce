"""What needs do by themselves, and the facts they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.needs.services import answers, life
from marketplace.needs.services.publishing import PUBLISHING

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work


def expire(work: Work) -> None:
    """Ask the owners of silent needs, and hide those that nobody kept open."""
    life.expire_needs(work.session, now=work.now)


def follow_organization(work: Work, *, id: str, **_facts: object) -> None:  # noqa: A002 — the payload's key
    """Queue the needs of an organization whose name or standing changed."""
    life.sync_organization(work.session, UUID(id))


def remind(work: Work) -> None:
    """Remind owners of answers that have waited longer than the target."""
    target_days = work.parts.settings.reply_target_days
    answers.remind_late(work.session, now=work.now, target_days=target_days)


HEARERS: dict[str, Hearer] = {
    PUBLISHING.job: PUBLISHING.hear,
    "needs.expire": expire,
    "needs.remind": remind,
    "needs.follow_organization": follow_organization,
}
#: What needs tell; who listens adds itself in its own table.
HEARS: dict[str, tuple[str, ...]] = {
    "organization.changed": ("needs.follow_organization",),
    **dict.fromkeys(
        (
            "need.submitted",
            "need.recalled",
            "need.returned",
            "need.opened",
            "needs.imported",
            "need.changed",
            "need.talks_started",
            "need.talks_ended",
            "need.closed",
            "need.withdrawn",
            "need.reopened",
            "need.redrafted",
            "need.silent",
            "need.expired",
            "need.named_to",
            "need.question_asked",
            "need.question_answered",
            "answer.sent",
            "answer.overdue",
            "answer.shortlisted",
            "answer.unlisted",
            "answer.asked",
            "answer.replied",
            "answer.chosen",
            "answer.declined",
            "answer.withdrawn",
            "answer.need_closed",
        ),
        (),
    ),
}
#: The reminder comes when the working day begins.
PERIODIC = {"needs.expire": "40 3 * * *", "needs.remind": "0 9 * * *"}
