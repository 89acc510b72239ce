"""Long work of imports and exports, and what is told when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask_babel import force_locale, gettext
from sqlalchemy import select, update

from marketplace.accounts.models import User
from marketplace.accounts.queries import actor_of
from marketplace.core.actor import VISITOR
from marketplace.core.messages import N_
from marketplace.exchange import failures, running, services
from marketplace.exchange.exporting import (
    MEDIA_TYPES,
    MOST,
    PAGE,
    ExportFormat,
    Results,
    Writer,
)
from marketplace.exchange.models import FileImport, ImportState
from marketplace.indexing.parsing import QueryString, query_from_args
from marketplace.indexing.visibility import visible_for
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic
from marketplace.notifications.services import notify
from marketplace.progress.models import JobState, LongJob
from marketplace.progress.tracking import Cancelled, bind_of, tracked
from marketplace.web.forms import say
from search.documents import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from marketplace.core.jobs import Hearer, Work
    from marketplace.exchange.running import Task
    from marketplace.progress.tracking import Tracker
    from search.documents import Document

COLLECTING = N_("Collecting the records")

_ENDED = {
    JobState.DONE: Topic("job.done", NoticeGroup.JOBS, N_("“%(name)s” is done.")),
    JobState.FAILED: Topic("job.failed", NoticeGroup.JOBS, N_("“%(name)s” failed.")),
}


def _task(work: Work, tracker: Tracker, import_id: str) -> Task:
    with tracker.step() as session:
        row = session.get_one(FileImport, UUID(import_id))
        actor = None
        if row.created_by is not None:
            actor = actor_of(session, session.get_one(User, row.created_by), at=work.now)
        path = services.source_of(tracker.home, row.id)
        return running.task_of(row, path=path, actor=actor, now=work.now)


def check(work: Work, *, job_id: str, import_id: str) -> None:
    """Check a large file."""
    with tracked(bind_of(work.session), job_id, work.parts.settings.home) as tracker:
        if tracker is None:
            return
        task = _task(work, tracker, import_id)
        with tracker.step() as session:
            total = session.scalar(select(LongJob.total).where(LongJob.id == tracker.job_id))
        tracker.restart()
        tracker.phase(running.CHECKING, total=total)
        try:
            running.check(tracker, task)
        except Exception:
            _set_state(tracker, task, ImportState.UPLOADED)
            raise


def run(work: Work, *, job_id: str, import_id: str) -> None:
    """Write a file's rows, from its beginning or from where it was broken off."""
    with tracked(bind_of(work.session), job_id, work.parts.settings.home) as tracker:
        if tracker is None:
            return
        task = _task(work, tracker, import_id)
        with tracker.step() as session:
            row = session.get_one(FileImport, task.import_id)
            done, total = row.rows_done, row.preview.get("rows")
        tracker.phase(running.WRITING, total=total, done=done)
        try:
            running.write(tracker, task)
        except Cancelled:
            keep_failures(tracker, task)
            raise
        keep_failures(tracker, task)


def _set_state(tracker: Tracker, task: Task, state: ImportState) -> None:
    with tracker.step() as session:
        session.execute(
            update(FileImport).where(FileImport.id == task.import_id).values(state=state)
        )


def keep_failures(tracker: Tracker, task: Task) -> None:
    """Leave the file of failed rows, in the language of whoever sent the file."""
    draft = tracker.folder() / "draft"
    with tracker.step() as session:
        row = session.get_one(FileImport, task.import_id)
        language, stem = row.language, row.file_name.rsplit(".", 1)[0]
        with force_locale(language):
            written = failures.write_failures(session, task, draft, language=language, say=_say)
            suffix = say(N_("failed rows"), {})
    if written is not None:
        ending, media_type = written
        tracker.keep(draft, name=f"{stem[:120]}-{suffix}{ending}", media_type=media_type)


def _say(message: str, values: Mapping[str, Any]) -> str:
    return say(message, values)


def export(
    work: Work, *, job_id: str, query: str, document_kind: str, form: str, language: str, name: str
) -> None:
    """Make the file of a long export."""
    with tracked(bind_of(work.session), job_id, work.parts.settings.home) as tracker:
        if tracker is None:
            return
        with tracker.step() as session, force_locale(language):
            actor = VISITOR
            owner = session.scalar(select(LongJob.owner_id).where(LongJob.id == tracker.job_id))
            if owner is not None:
                actor = actor_of(session, session.get_one(User, owner), at=work.now)
            kind = Kind(document_kind)
            asked = query_from_args(QueryString(query), kind)
            results = Results(work.parts.search, work.parts.embedders, asked, visible_for(actor))
            total = min(results.total(), MOST)
            tracker.phase(COLLECTING, total=total)
            writer = Writer(
                session,
                base_url=work.parts.settings.base_url,
                language=language,
                translate=gettext,
            )
            draft = tracker.folder() / "draft"
            documents = _counted(tracker, results.documents(MOST))
            writer.write(draft, ExportFormat(form), kind, documents)
        tracker.keep(draft, name=name, media_type=MEDIA_TYPES[ExportFormat(form)])


def _counted(tracker: Tracker, documents: Iterator[Document]) -> Iterator[Document]:
    for number, document in enumerate(documents, start=1):
        if number % PAGE == 0:
            tracker.advance(number)
        yield document


def tell_owner(work: Work, *, id: str) -> None:  # noqa: A002 — the fact's own word
    """Tell whoever started a long job that it has ended."""
    job = work.session.get(LongJob, UUID(id))
    if job is None or job.owner_id is None or job.state not in _ENDED:
        return
    notify(
        work.session,
        people=[job.owner_id],
        topic=_ENDED[job.state],
        dedupe=f"job.ended:{job.id}",
        values={"name": job.subject or job.title},
        link=f"/jobs/{job.id}",
        now=work.now,
    )


def forget_old_files(work: Work) -> None:
    """Clear away files that were sent more than 30 days ago."""
    services.forget_old(work.session, home=work.parts.settings.home, now=work.now)


HEARERS: dict[str, Hearer] = {
    "exchange.forget_old": forget_old_files,
    services.CHECK: check,
    services.RUN: run,
    "exchange.export": export,
    "exchange.tell_owner": tell_owner,
}
HEARS: dict[str, tuple[str, ...]] = {"job.ended": ("exchange.tell_owner",)}
PERIODIC = {"exchange.forget_old": "50 3 * * *"}
