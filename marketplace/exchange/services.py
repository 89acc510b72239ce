"""Receiving a file, agreeing on its columns, checking it, importing it."""

from __future__ import annotations

import hashlib
import shutil
from contextlib import contextmanager
from datetime import timedelta
from typing import IO, TYPE_CHECKING, cast
from uuid import uuid4

from sqlalchemy import delete, select

from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.exchange import layouts, permissions, queries, running
from marketplace.exchange.fields import FIELDS, ImportKind
from marketplace.exchange.models import FileImport, ImportState
from marketplace.exchange.reading.rows import Layout, count_lines
from marketplace.exchange.reading.sniffing import Sniffed
from marketplace.progress import services as progress
from marketplace.progress.models import LongJob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.exchange.outcomes import Batch
    from marketplace.progress.tracking import Counts, Tracker

CHECK = "exchange.check"
RUN = "exchange.run"
#: Files up to this are checked while the page waits (rows; bytes of a workbook).
CHECKED_AT_ONCE = 2000
WORKBOOK_AT_ONCE = 300_000

#: No upload takes longer.
UPLOAD_LIMIT = timedelta(days=1)

TITLES = {
    ImportKind.RESULTS: N_("Import of research results"),
    ImportKind.PATENTS: N_("Import of patents"),
    ImportKind.NEEDS: N_("Import of needs"),
    ImportKind.FACILITIES: N_("Import of centres, platforms and laboratories"),
}


def folder_of(home: Path, import_id: UUID) -> Path:
    """Where an import keeps its file."""
    return home / "imports" / str(import_id)


def source_of(home: Path, import_id: UUID) -> Path:
    """Where the file of an import lies."""
    return folder_of(home, import_id) / "source"


def receive(
    session: Session,
    *,
    actor: Actor,
    kind: ImportKind,
    organization_id: UUID,
    name: str,
    stream: IO[bytes],
    home: Path,
    language: str,
) -> FileImport:
    """Keep a file that was sent and look at it; raise RuleBroken when it is none of ours."""
    if not permissions.may_import(actor, organization_id):
        raise NotFound
    import_id = uuid4()
    path = source_of(home, import_id)
    path.parent.mkdir(parents=True)
    try:
        size, digest = _store(stream, path)
        layout, mapping = layouts.look_at(path, kind)
    except BaseException:
        shutil.rmtree(path.parent)
        raise
    row = FileImport(
        id=import_id,
        kind=kind,
        organization_id=organization_id,
        created_by=actor.user_id,
        file_name=name.replace("\\", "/").rsplit("/", 1)[-1][-200:] or "?",
        size_bytes=size,
        sha256=digest,
        format=layout.sniffed.format,
        encoding=layout.sniffed.encoding,
        delimiter=layout.sniffed.delimiter,
        columns=list(layout.columns),
        mapping=mapping,
        language=language,
        has_header=layout.has_header,
    )
    # Who imports for the own organization wants the rows reviewed; publishing is said expressly.
    row.publish = permissions.onward(actor, organization_id) is permissions.Onward.SENT
    session.add(row)
    session.flush()
    return row


def _store(stream: IO[bytes], path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as target:
        while chunk := stream.read(1 << 20):
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def layout_of(row: FileImport) -> Layout:
    """Give the layout that an import's row describes."""
    sniffed = Sniffed(row.format, row.encoding, row.delimiter)
    return Layout(sniffed, tuple(row.columns), row.has_header)


def first_rows(row: FileImport, home: Path) -> Layout:
    """Give the layout with the first records, for the page that agrees on columns."""
    return layouts.with_sample(source_of(home, row.id), layout_of(row))


def drop_header(row: FileImport, *, home: Path) -> None:
    """Read the first line as a record: the file has no line of names."""
    _require_open(row)
    layout = layouts.without_header(source_of(home, row.id), layout_of(row))
    # What was guessed for the place of a column stays, though its name goes.
    keys = [row.mapping.get(column) for column in row.columns]
    row.columns, row.has_header = list(layout.columns), False
    row.mapping = {
        column: key for column, key in zip(layout.columns, keys, strict=False) if key is not None
    }


def agree(row: FileImport, *, actor: Actor, mapping: Mapping[str, str], publish: bool) -> None:
    """Set which column says what; raise RuleBroken when no record could come of it."""
    _require_open(row)
    known = {field.key for field in FIELDS[row.kind]}
    chosen = {
        column: key for column, key in mapping.items() if column in row.columns and key in known
    }
    twice = next((key for key in chosen.values() if list(chosen.values()).count(key) > 1), None)
    if twice is not None:
        field = next(field for field in FIELDS[row.kind] if field.key == twice)
        raise RuleBroken(
            N_("Two columns are assigned to “%(name)s”: leave one of them."),
            field="mapping",
            name=field.name(row.language),
        )
    needed = {"title", "problem"} if row.kind is ImportKind.NEEDS else {"title"}
    if not needed & set(chosen.values()):
        raise RuleBroken(
            N_("Say which column holds the title: nothing can be imported without it."),
            field="mapping",
        )
    require(not publish or permissions.onward(actor, row.organization_id) is not None)
    row.mapping, row.publish = chosen, publish
    row.state, row.preview, row.groups = ImportState.UPLOADED, {}, []


def _require_open(row: FileImport) -> None:
    if row.state not in (ImportState.UPLOADED, ImportState.CHECKED):
        raise StepNotAllowed(
            N_("This step can't be taken from the state “%(state)s”."), state=row.state
        )


class _AtOnce:
    """Stands in for a tracker where the page waits: the work is the request's own."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @contextmanager
    def step(self) -> Iterator[Session]:
        yield self.session

    def advance(self, done: int, counts: Counts | None = None) -> None:
        """Nobody looks on."""


def start_check(
    session: Session, row: FileImport, *, actor: Actor, home: Path, now: datetime
) -> LongJob | None:
    """Check the file: small ones at once, others in a job, which is then given."""
    _require_open(row)
    path = source_of(home, row.id)
    rows = count_lines(path, layout_of(row).sniffed)
    small = row.size_bytes <= WORKBOOK_AT_ONCE if rows is None else rows <= CHECKED_AT_ONCE
    session.flush()
    if small:
        task = running.task_of(row, path=path, actor=actor, now=now)
        running.check(cast("Tracker", _AtOnce(session)), task)
        session.refresh(row)
        return None
    row.state = ImportState.CHECKING
    return _start(session, row, CHECK, actor, N_("Check of a file"), total=rows)


def start_import(session: Session, row: FileImport, *, actor: Actor, now: datetime) -> LongJob:
    """Import a file that was checked, or go on with one that was stopped."""
    require(permissions.may_import(actor, row.organization_id))
    if row.state is not ImportState.CHECKED and not is_broken_off(session, row):
        raise StepNotAllowed(
            N_("This step can't be taken from the state “%(state)s”."), state=row.state
        )
    if row.state is ImportState.CHECKED:
        row.groups = []
    row.state, row.ended_at = ImportState.RUNNING, None
    audit.record(
        session,
        actor=actor,
        action="import.started",
        kind="file_import",
        object_id=row.id,
        now=now,
        file=row.file_name,
        sha256=row.sha256,
    )
    return _start(session, row, RUN, actor, TITLES[row.kind], total=row.preview.get("rows"))


def is_broken_off(session: Session, row: FileImport) -> bool:
    """Whether the import was stopped or failed before the file's end."""
    job = session.get(LongJob, row.job_id) if row.job_id else None
    return row.state is ImportState.RUNNING and job is not None and job.has_ended


def _start(
    session: Session, row: FileImport, hearer: str, actor: Actor, title: str, *, total: int | None
) -> LongJob:
    job = progress.start(
        session,
        kind=hearer,
        title=title,
        subject=row.file_name,
        hearer=hearer,
        actor=actor,
        organization_id=row.organization_id,
        total=total,
        import_id=str(row.id),
    )
    row.job_id = job.id
    session.flush()
    return job


def discard(session: Session, row: FileImport, *, home: Path) -> None:
    """Forget a file that was not imported."""
    _require_open(row)
    session.delete(row)
    session.flush()
    shutil.rmtree(folder_of(home, row.id), ignore_errors=True)


def adopt(
    session: Session,
    *,
    path: Path,
    kind: ImportKind,
    organization_id: UUID,
    publish: bool,
    language: str = "zh",
) -> FileImport:
    """Take up a file of the terminal: where it was broken off, or from its beginning."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    known = queries.unfinished(
        session, organization_id=organization_id, kind=kind, sha256=digest, publish=publish
    )
    if known is not None:
        return known
    layout, mapping = layouts.look_at(path, kind)
    row = FileImport(
        kind=kind,
        organization_id=organization_id,
        created_by=None,
        file_name=path.name[-200:],
        size_bytes=path.stat().st_size,
        sha256=digest,
        format=layout.sniffed.format,
        encoding=layout.sniffed.encoding,
        delimiter=layout.sniffed.delimiter,
        columns=list(layout.columns),
        mapping={},
        language=language,
        has_header=layout.has_header,
    )
    row.publish = publish
    session.add(row)
    session.flush()
    needed = {"title", "problem"} if kind is ImportKind.NEEDS else {"title"}
    if not needed & set(mapping.values()):
        raise RuleBroken(
            N_(
                "No column of “%(file)s” is known as the title. The columns are: %(columns)s. "
                "Rename one to “title” or “名称”, or import the file on the web."
            ),
            file=path.name,
            columns="、".join(layout.columns[:12]),
        )
    row.mapping, row.state = dict(mapping), ImportState.RUNNING
    session.flush()
    return row


def forget_old(session: Session, *, home: Path, now: datetime) -> int:
    """Remove files sent more than 30 days ago, and what a killed upload left; give how many."""
    gone = session.scalars(
        delete(FileImport)
        .where(FileImport.created_at < now - progress.KEPT)
        .returning(FileImport.id)
        .execution_options(synchronize_session=False)
    ).all()
    for import_id in gone:
        shutil.rmtree(folder_of(home, import_id), ignore_errors=True)
    folders = list((home / "imports").iterdir()) if (home / "imports").exists() else []
    known = {str(one) for one in session.scalars(select(FileImport.id))}
    lost = [
        folder
        for folder in folders
        if folder.name not in known
        and now.timestamp() - folder.stat().st_mtime > UPLOAD_LIMIT.total_seconds()
    ]
    for folder in lost:
        shutil.rmtree(folder, ignore_errors=True)
    return len(gone) + len(lost)


def describe(batch: Batch) -> str:
    """Give a batch's counts for the terminal."""
    return f"+{batch.new} ~{batch.changed} ={batch.skipped} !{len(batch.failed)}"
