"""``flask files``: care for the folder of contents."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup

from marketplace.files.forms import store
from marketplace.files.queries import used_hashes
from marketplace.web.extensions import db

#: A content may be older than its row by as long as a transaction runs; a day is plenty.
GRACE_SECONDS = 24 * 3600

group = AppGroup("files", help="Care for uploaded files.")


@group.command("clean")
def clean() -> None:
    """Delete contents that no attachment names any more."""
    gone = store().forget_unused(used_hashes(db.session), older_than=time.time() - GRACE_SECONDS)
    click.echo(f"{gone} unused files deleted")


COMMANDS = (group,)
