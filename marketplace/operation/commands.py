"""Commands that run a copy: everything at once, the worker alone, the database."""

from __future__ import annotations

import logging

import click
from flask import current_app
from flask.cli import with_appcontext

from marketplace import worker
from marketplace.codes.services import seed_holidays
from marketplace.demo.load import load
from marketplace.operation import start
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.migrate import upgrade


@click.command("work")
@click.option(
    "--concurrency", default=worker.CONCURRENCY, show_default=True, help="Jobs taken at a time."
)
@with_appcontext
def work(concurrency: int) -> None:
    """Take jobs from the queue until told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    worker.work_forever(current_app._get_current_object(), concurrency=concurrency)  # type: ignore[attr-defined]  # noqa: SLF001 — Flask's own way to the application behind the proxy


@click.command("run-all")
@with_appcontext
def run_all() -> None:
    """Start web and worker, print the address and the demo accounts, and stay up."""
    seed_holidays(db.session)
    db.session.commit()
    if settings().demo:
        load(db.session, now=now())
        db.session.commit()
    db.session.close()
    start.run_all(settings())


@click.group("database")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
@with_appcontext
def database_upgrade() -> None:
    """Run the migrations that are missing, and fill an empty table of holidays."""
    upgrade(settings().database_url or "")
    seed_holidays(db.session)
    db.session.commit()
    click.echo("The database is up to date.")


COMMANDS = (work, run_all, database)
