"""Runs a file through: checked without a trace, or written batch by batch with a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from marketplace.core.bulk import RowState
from marketplace.core.errors import Denied, RuleBroken
from marketplace.core.messages import N_
from marketplace.exchange.converting import BadRow, Converter
from marketplace.exchange.fields import ImportKind
from marketplace.exchange.layouts import is_blank
from marketplace.exchange.models import FailedRow, FileImport, ImportState
from marketplace.exchange.outcomes import Batch, Groups
from marketplace.exchange.permissions import Onward, onward
from marketplace.exchange.reading.rows import Layout, read_rows
from marketplace.exchange.reading.sniffing import Sniffed
from marketplace.facilities.services.bulk import upsert_facilities
from marketplace.listings.services.bulk import upsert_listings
from marketplace.needs.services.bulk import upsert_needs
from marketplace.progress.tracking import Cancelled, Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.exchange.converting import Record
    from marketplace.exchange.reading.rows import Row
    from marketplace.progress.tracking import Tracker

#: Rows written in one transaction: what a kill can undo, and what a person waits for "stop".
BATCH = 500

CHECKING = N_("Checking the rows")
WRITING = N_("Writing the rows")
NO_RIGHT = N_("You may no longer write this organization's records.")


@dataclass(frozen=True)
class Task:
    """What an import does: which file, into which records, for whom."""

    import_id: UUID
    path: Path
    layout: Layout
    kind: ImportKind
    mapping: dict[str, str]
    organization_id: UUID
    actor: Actor | None
    publish: bool
    now: datetime

    def converter(self) -> Converter:
        """Give a converter that has seen nothing yet."""
        return Converter(self.kind, self.mapping)


def task_of(row: FileImport, *, path: Path, actor: Actor | None, now: datetime) -> Task:
    """Give the task that an import's row describes."""
    sniffed = Sniffed(row.format, row.encoding, row.delimiter)
    return Task(
        import_id=row.id,
        path=path,
        layout=Layout(sniffed, tuple(row.columns), row.has_header),
        kind=row.kind,
        mapping={str(column): str(key) for column, key in row.mapping.items()},
        organization_id=row.organization_id,
        actor=actor,
        publish=row.publish,
        now=now,
    )


def check(tracker: Tracker, task: Task) -> None:
    """Read the whole file and tell what would become of it; nothing is written of it."""
    converter, groups = task.converter(), Groups()
    totals = {"new": 0, "changed": 0, "skipped": 0, "failed": 0, "rows": 0}
    for rows in batched(read_rows(task.path, task.layout)):
        with tracker.step() as session:
            batch = work_on(session, task, converter, rows, dry_run=True)
        for number, faults in batch.failed.items():
            groups.add(number, faults)
        totals["new"] += batch.new
        totals["changed"] += batch.changed
        totals["skipped"] += batch.skipped
        totals["failed"] += len(batch.failed)
        totals["rows"] = rows[-1].number
        tracker.advance(rows[-1].number)
    with tracker.step() as session:
        session.execute(
            update(FileImport)
            .where(FileImport.id == task.import_id)
            .values(preview=totals, groups=groups.as_json(), state=ImportState.CHECKED)
        )


def write(
    tracker: Tracker, task: Task, *, show: Callable[[int, Batch], None] = lambda _done, _batch: None
) -> None:
    """Write the file's rows behind the checkpoint, a transaction a batch.

    Rows, counts, faults and checkpoint are committed together: what was reported as done is kept,
    and nothing is written twice, whenever the process is killed.
    """
    converter = task.converter()
    with tracker.step() as session:
        done = session.scalar(select(FileImport.rows_done).where(FileImport.id == task.import_id))
        kept = session.scalar(select(FileImport.groups).where(FileImport.id == task.import_id))
    done = done or 0
    groups = Groups((kept or []) if done else [])
    for row in read_rows(task.path, task.layout):
        if row.number > done:
            break
        converter.remember(row)
    for rows in batched(read_rows(task.path, task.layout, skip=done)):
        with tracker.step() as session:
            batch = work_on(session, task, converter, rows, dry_run=False)
            stop = _keep(
                session, tracker, task, places=(done, rows[-1].number), batch=batch, groups=groups
            )
        done = rows[-1].number
        show(rows[-1].number, batch)
        if stop:
            raise Cancelled
    with tracker.step() as session:
        session.execute(
            update(FileImport)
            .where(FileImport.id == task.import_id)
            .values(state=ImportState.ENDED, ended_at=task.now)
        )


class Overtaken(Exception):
    """Another process goes on with the same import; this one's batch is undone."""


def _keep(
    session: Session,
    tracker: Tracker,
    task: Task,
    *,
    places: tuple[int, int],
    batch: Batch,
    groups: Groups,
) -> bool:
    """Write faults, checkpoint and counts in the transaction of the rows; give whether to stop.

    ``places`` are the rows behind which the batch begins and ends. A worker that was taken for
    dead and is not finds that the checkpoint has moved.
    """
    since, done = places
    for number, faults in batch.failed.items():
        groups.add(number, faults)
    moved = session.scalar(
        update(FileImport)
        .where(FileImport.id == task.import_id, FileImport.rows_done == since)
        .values(rows_done=done, groups=groups.as_json())
        .returning(FileImport.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Overtaken
    if batch.failed:
        session.execute(
            insert(FailedRow),
            [
                {
                    "import_id": task.import_id,
                    "number": number,
                    "faults": [fault.as_json() for fault in faults],
                }
                for number, faults in batch.failed.items()
            ],
        )
    counts = Counts(batch.new, batch.changed, batch.skipped, len(batch.failed))
    return tracker.advance_in(session, done, counts)


def work_on(
    session: Session, task: Task, converter: Converter, rows: Sequence[Row], *, dry_run: bool
) -> Batch:
    """Convert rows and hand them to the records' own writer."""
    batch = Batch()
    sound: list[tuple[Row, Record]] = []
    for row in rows:
        if is_blank(row):
            continue
        try:
            sound.append((row, converter.record(row)))
        except BadRow as error:
            batch.failed[row.number] = error.faults
    if not sound:
        return batch
    try:
        outcome = _WRITERS[task.kind](
            session,
            actor=task.actor,
            organization_id=task.organization_id,
            records=[record for _row, record in sound],
            onward=onward(task.actor, task.organization_id) if task.publish else None,
            now=task.now,
            dry_run=dry_run,
        )
    except Denied as error:
        raise RuleBroken(NO_RIGHT) from error
    for (row, _record), became in zip(sound, outcome.rows, strict=True):
        if became.state == RowState.NEW:
            batch.new += 1
        elif became.state == RowState.CHANGED:
            batch.changed += 1
        elif became.error is not None:
            batch.failed[row.number] = [converter.fault_of(became.error, row)]
        else:
            batch.skipped += 1
    return batch


def _write_listings(session: Session, *, onward: Onward | None, **given: Any) -> Any:  # noqa: ANN401 — what the records' own writer takes
    return upsert_listings(
        session, publish=onward is Onward.SHOWN, send=onward is Onward.SENT, **given
    )


def _write_needs(session: Session, *, onward: Onward | None, **given: Any) -> Any:  # noqa: ANN401 — see above
    return upsert_needs(session, publish=onward is not None, **given)


def _write_facilities(session: Session, *, onward: Onward | None, **given: Any) -> Any:  # noqa: ANN401 — see above
    return upsert_facilities(
        session, publish=onward is Onward.SHOWN, send=onward is Onward.SENT, **given
    )


_WRITERS: dict[ImportKind, Callable[..., Any]] = {
    ImportKind.RESULTS: _write_listings,
    ImportKind.PATENTS: _write_listings,
    ImportKind.NEEDS: _write_needs,
    ImportKind.FACILITIES: _write_facilities,
}


def batched(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Give the rows in batches."""
    while batch := list(islice(rows, BATCH)):
        yield batch
