"""``flask import results|patents|needs|facilities FILE…``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from marketplace.core.errors import RuleBroken
from marketplace.exchange import hearers, queries, running, services
from marketplace.exchange.fields import ImportKind
from marketplace.exchange.models import FileImport, ImportState
from marketplace.exchange.reading.rows import count_lines
from marketplace.progress import services as progress
from marketplace.progress.models import LongJob
from marketplace.progress.tracking import bind_of, tracked
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.forms import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from marketplace.exchange.outcomes import Batch
    from marketplace.exchange.running import Task
    from marketplace.organizations.models import Organization
    from marketplace.progress.tracking import Tracker

group = AppGroup("import", help="Import records from CSV, XLSX or JSON Lines files.")

#: Some rows failed; everything else was imported.
SOME_FAILED, REFUSED = 1, 2


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.argument(
            "files",
            nargs=-1,
            required=True,
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
        ),
        click.option("--organization", metavar="CODE", help="Unified social credit code or name."),
        click.option("--publish", is_flag=True, help="Show the records at once."),
        click.option("--dry-run", is_flag=True, help="Only tell what would become of the rows."),
    ):
        command = option(command)
    return command


@group.command("results")
@_options
def results(files: tuple[Path, ...], organization: str | None, **choices: bool) -> None:
    """Import research results of an organization."""
    _import(ImportKind.RESULTS, files, organization, **choices)


@group.command("patents")
@_options
def patents(files: tuple[Path, ...], organization: str | None, **choices: bool) -> None:
    """Import patents of an organization."""
    _import(ImportKind.PATENTS, files, organization, **choices)


@group.command("needs")
@_options
def needs(files: tuple[Path, ...], organization: str | None, **choices: bool) -> None:
    """Import needs of an organization."""
    _import(ImportKind.NEEDS, files, organization, **choices)


@group.command("facilities")
@_options
def facilities(files: tuple[Path, ...], organization: str | None, **choices: bool) -> None:
    """Import centres, platforms and laboratories of an organization."""
    _import(ImportKind.FACILITIES, files, organization, **choices)


def _import(
    kind: ImportKind, files: tuple[Path, ...], code: str | None, *, publish: bool, dry_run: bool
) -> None:
    owner = _owner(code)
    failed = 0
    for path in files:
        try:
            failed += _one(kind, path, owner.id, publish=publish, dry_run=dry_run)
        except running.Overtaken:
            click.echo(f"{path}: another process goes on with this import", err=True)
            sys.exit(REFUSED)
        except RuleBroken as error:
            with force_locale("en"):
                click.echo(f"{path}: {say(error.message, error.values)}", err=True)
            sys.exit(REFUSED)
    sys.exit(SOME_FAILED if failed else 0)


def _owner(code: str | None) -> Organization:
    """Find the organization, or end with a list of those that exist."""
    if code is not None:
        found = queries.find_organization(db.session, code)
        if found is not None:
            return found
        reason = f"No organization has the code or name {code!r}."
    else:
        everybody = queries.all_organizations(db.session)
        if len(everybody) == 1:
            return everybody[0]
        reason = "Say whose records these are with --organization CODE."
    click.echo(reason, err=True)
    for one in queries.all_organizations(db.session):
        click.echo(f"  {one.credit_code}  {one.name}  ({one.kind.value})", err=True)
    sys.exit(REFUSED)


def _one(kind: ImportKind, path: Path, owner: UUID, *, publish: bool, dry_run: bool) -> int:
    """Import one file; give the number of failed rows."""
    begun = time.monotonic()
    with db.sessionmaker() as session, session.begin():
        row = services.adopt(session, path=path, kind=kind, organization_id=owner, publish=publish)
        goes_on = row.rows_done
        total = count_lines(path, services.layout_of(row).sniffed)
        job = progress.start(
            session,
            kind=services.RUN,
            title=services.TITLES[kind],
            subject=path.name,
            hearer=None,
            organization_id=owner,
            total=total,
        )
        row.job_id = job.id
        task = running.task_of(row, path=path, actor=None, now=now())
        job_id = job.id
    if goes_on:
        click.echo(f"{path}: goes on behind row {goes_on:,}", err=True)
    with tracked(bind_of(db.session), job_id, settings().home) as tracker:
        if tracker is not None:
            if dry_run:
                running.check(tracker, task)
            else:
                tracker.phase(running.WRITING, total=total, done=goes_on)
                running.write(tracker, task, show=_shower(path))
                hearers.keep_failures(tracker, task)
    return _report(path, task, tracker, dry_run=dry_run, seconds=time.monotonic() - begun)


def _shower(path: Path) -> Callable[[int, Batch], None]:
    live = sys.stderr.isatty()

    def show(done: int, batch: Batch) -> None:
        if live:
            click.echo(
                f"\r{path.name}: row {done:,} ({services.describe(batch)})", err=True, nl=False
            )

    return show


def _report(
    path: Path, task: Task, tracker: Tracker | None, *, dry_run: bool, seconds: float
) -> int:
    with db.sessionmaker() as session, session.begin():
        row = session.get_one(FileImport, task.import_id)
        job = session.get_one(LongJob, row.job_id) if row.job_id else None
        if dry_run:
            counts = {name: row.preview[name] for name in ("new", "changed", "skipped", "failed")}
            groups = row.groups
            session.delete(row)
        elif job is not None and row.state is ImportState.ENDED:
            counts = {
                "new": job.new_count,
                "changed": job.changed_count,
                "skipped": job.skipped_count,
                "failed": job.failed_count,
            }
            groups = row.groups
        else:
            message = job.message if job is not None else ""
            raise RuleBroken(
                message or "The import did not end.", **(job.message_values if job else {})
            )
        result = job.result_name if job is not None else ""
    rows = sum(counts.values())
    verb = "would be" if dry_run else "were"
    click.echo(
        f"{path}: {rows:,} rows in {seconds:.1f} s ({rows / max(seconds, 0.001):,.0f} a second); "
        + ", ".join(f"{count:,} {name}" for name, count in counts.items())
        + (f" ({verb})" if dry_run else "")
    )
    with force_locale("en"):
        for group_of_faults in groups:
            named = ", ".join(str(number) for number in group_of_faults["rows"])
            click.echo(
                f"  {group_of_faults['count']:,} × {group_of_faults['column']}: "
                f"{say(group_of_faults['message'], group_of_faults['values'])} (rows {named} …)"
            )
    if result and tracker is not None:
        click.echo(f"  failed rows: {tracker.folder() / 'result'} ({result})")
    return int(counts["failed"])


COMMANDS = (group,)
