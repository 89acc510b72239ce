"""``flask papers``: care for signed texts."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import func, select

from marketplace.papers.checking import verify
from marketplace.papers.models import Paper
from marketplace.web.extensions import db

group = AppGroup("papers", help="Care for texts that parties signed.")


@group.command("verify")
def verify_papers() -> None:
    """Recompute every paper's hash; end with 1 when one does not agree."""
    faults = list(verify(db.session))
    for fault in faults:
        click.echo(f"{fault.paper_id}: {gettext(fault.message)}")
    if faults:
        raise SystemExit(1)
    count = db.session.scalar(select(func.count()).select_from(Paper))
    click.echo(f"{count} papers agree with their hashes and signatures")


COMMANDS = (group,)
