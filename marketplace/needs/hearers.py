"""What needs do by themselves, and the facts they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.needs.services import life

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work


def expire(work: Work) -> None:
    """Ask the owners of silent needs, and hide those that nobody kept open."""
    life.expire_needs(work.session, now=work.now)


HEARERS: dict[str, Hearer] = {"needs.expire": expire}
#: What needs tell; who listens adds itself in its own table.
HEARS: dict[str, tuple[str, ...]] = dict.fromkeys(
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
)
PERIODIC = {"needs.expire": "40 3 * * *"}
