"""``flask search rebuild`` and ``flask search check``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

from marketplace.indexing import checking, embedding, rebuilding
from marketplace.indexing.parts import index_of
from marketplace.indexing.sources import source_of, sources
from marketplace.progress import services as progress
from marketplace.progress.tracking import Tracker, bind_of, tracked
from marketplace.web.extensions import db, parts
from search.engine import SearchUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.indexing.checking import Difference
    from marketplace.indexing.parts import Index
    from marketplace.indexing.sources import Source

search = AppGroup("search", help="Write and check the search index.")

#: Exit codes of ``flask search check``.
DIFFERS, UNAVAILABLE = 1, 2

KINDS = click.Choice(["listing", "need"])
kind_option = click.option("--kind", type=KINDS, help="One kind of record only.")


def _open() -> Index:
    """Open the index, or say how to mend what forbids it."""
    try:
        index = index_of(parts())
        health = index.engine.health()
    except SearchUnavailable as error:
        _give_up(f"The search engine does not answer: {error}")
    if not health.ok:
        _give_up(f"The search engine does not answer: {health.message}")
    return index


def _give_up(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(UNAVAILABLE)


def _chosen(kind: str | None) -> tuple[Source, ...]:
    return sources() if kind is None else (source_of(kind),)


def _progress_line(label: str) -> Callable[[int, int], None]:
    """Show a line that is written over on a terminal, or now and then in a log."""
    live = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        if live or done >= total:
            click.echo(f"\r{label}: {done:,} / {total:,}", err=True, nl=not live)

    return show


@search.command("rebuild")
@kind_option
def rebuild_command(kind: str | None) -> None:
    """Build the index anew from the database while the old one answers."""
    index = _open()
    bind = bind_of(db.session)
    for source in _chosen(kind):
        with db.sessionmaker() as session, session.begin():
            job = progress.start(
                session,
                kind=rebuilding.KIND,
                title=rebuilding.TITLE,
                subject=source.kind.value,
                hearer=None,
            )
            job_id = job.id
        try:
            with tracked(bind, job_id, index.home) as tracker:
                if tracker is not None:
                    _rebuild(tracker, index, source)
        except SearchUnavailable as error:
            _give_up(f"The search engine stopped answering; the old index stays: {error}")
    with db.sessionmaker() as session, session.begin():
        embedding.ensure_running_if_wanted(session)


def _rebuild(tracker: Tracker, index: Index, source: Source) -> None:
    difference = rebuilding.rebuild(tracker, index, source, show=_progress_line(source.kind.value))
    click.echo(
        f"{source.kind.value}: {difference.records:,} documents; "
        f"{len(difference.ids):,} rows changed meanwhile and were copied again"
    )


@search.command("check")
@kind_option
@click.option("--no-mend", is_flag=True, help="Only say what differs.")
def check_command(kind: str | None, *, no_mend: bool) -> None:
    """Compare ids and versions of the index and the database, and mend what differs.

    Ends with 0 when both agree or were mended, 1 when they still differ, 2 when the search engine
    does not answer.
    """
    index = _open()
    bind = bind_of(db.session)
    left = 0
    for source in _chosen(kind):
        try:
            stale = checking.stale_spaces(index, source)
            if stale:
                click.echo(
                    f"{source.kind.value}: the index was built for other models and has no "
                    f"vectors of {', '.join(stale)}. Run “flask search rebuild”: the old index "
                    "answers until the new one is ready."
                )
            difference = checking.compare(bind, index, source)
            _report(difference)
            if difference.ids and not no_mend:
                checking.mend(bind, index, source, difference.ids)
                difference = checking.compare(bind, index, source)
                click.echo(f"{source.kind.value}: mended, {len(difference.ids):,} still differ")
        except SearchUnavailable as error:
            _give_up(f"The search engine stopped answering: {error}")
        left += len(difference.ids) + len(stale)
    with db.sessionmaker() as session, session.begin():
        embedding.ensure_running_if_wanted(session)
    sys.exit(DIFFERS if left else 0)


def _report(difference: Difference) -> None:
    click.echo(
        f"{difference.kind}: {difference.records:,} documents expected, "
        f"{len(difference.missing):,} missing, {len(difference.outdated):,} outdated, "
        f"{len(difference.surplus):,} surplus"
    )


COMMANDS = (search,)
