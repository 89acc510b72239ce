"""The command that loads the demo records."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from marketplace.demo.load import load
from marketplace.web.clock import now
from marketplace.web.extensions import db


@click.group("demo")
def demo() -> None:
    """Look after the demo records."""


@demo.command("load")
@with_appcontext
def demo_load() -> None:
    """Load the demo records once."""
    found = load(db.session, now=now())
    db.session.commit()
    shown = ", ".join(f"{count} {kind}" for kind, count in found.items())
    click.echo(f"Loaded {shown}." if found else "The demo records are there already.")


COMMANDS = (demo,)
