"""What matching hears: changed records, what became of matches, and the night."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from marketplace.core import jobs
from marketplace.listings.models import Enquiry, EnquiryStatus
from marketplace.matching.finding import matcher_of
from marketplace.matching.models import Side, Stage
from marketplace.matching.running import match_all, match_records
from marketplace.matching.services import making, outcomes
from marketplace.needs.models import Answer, AnswerStatus, Need, NeedStatus
from marketplace.progress.tracking import bind_of, tracked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.core.jobs import Hearer, Work


def note_changed(work: Work, *, kind: str, ids: Sequence[str]) -> None:
    """Let changed needs and listings be matched anew."""
    if kind in {side.value for side in Side}:
        making.request(work.session, Side(kind), [UUID(one) for one in ids], now=work.now)


def work_off(work: Work) -> None:
    """Match the next records that wait; a silent engine makes the queue try again later."""
    taken = making.take_requests(work.session)
    if not taken:
        return
    match_records(work.session, matcher_of(work.parts), taken, now=work.now)
    if making.are_waiting(work.session):
        jobs.ask(work.session, "matching.work_off")


def refresh_needs(work: Work) -> None:
    """Let every open need be matched again at night, so that nothing late is missed."""
    making.request(work.session, Side.NEED, making.shown_ids(work.session, Side.NEED), now=work.now)


def rematch(work: Work, *, job_id: str) -> None:
    """Match everything again, as a job with progress."""
    bind = bind_of(work.session)
    with tracked(bind, job_id, work.parts.settings.home) as tracker:
        if tracker is not None:
            match_all(tracker, matcher_of(work.parts), now=work.now)


def note_enquiry(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the fact's own word
    """An enquiry was sent or answered."""
    enquiry = work.session.get(Enquiry, UUID(id))
    if enquiry is None:
        return
    replied = enquiry.status is EnquiryStatus.ANSWERED
    outcomes.enquired(
        work.session,
        listing_id=enquiry.listing_id,
        organization_id=enquiry.sender_organization_id,
        stage=Stage.ANSWERED if replied else Stage.CONTACTED,
        now=work.now,
    )


def note_answer(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """An answer to a need was sent or chosen."""
    answer = work.session.get(Answer, UUID(id))
    if answer is not None:
        _note(work, answer, Stage.ANSWERED)


def note_met(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """A need was closed: if it was met, then by the answers that were chosen."""
    need = work.session.get(Need, UUID(id))
    if need is None or need.status is not NeedStatus.MET:
        return
    chosen = select(Answer).where(Answer.need_id == UUID(id), Answer.status == AnswerStatus.CHOSEN)
    for answer in work.session.scalars(chosen):
        _note(work, answer, Stage.MET)


def _note(work: Work, answer: Answer, stage: Stage) -> None:
    outcomes.answered(
        work.session,
        need_id=answer.need_id,
        organization_id=answer.organization_id,
        listing_id=answer.listing_id,
        stage=stage,
        now=work.now,
    )


HEARERS: dict[str, Hearer] = {
    "matching.note_changed": note_changed,
    "matching.work_off": work_off,
    "matching.refresh_needs": refresh_needs,
    "matching.rematch": rematch,
    "matching.note_enquiry": note_enquiry,
    "matching.note_answer": note_answer,
    "matching.note_met": note_met,
}
HEARS: dict[str, tuple[str, ...]] = {
    "search.sync": ("matching.note_changed",),
    "vectors.kept": ("matching.note_changed",),
    "enquiry.sent": ("matching.note_enquiry",),
    "enquiry.answered": ("matching.note_enquiry",),
    "answer.sent": ("matching.note_answer",),
    "need.closed": ("matching.note_met",),
}
PERIODIC = {"matching.refresh_needs": "30 2 * * *", "matching.work_off": "*/5 * * * *"}
