"""``flask ledger verify``."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from marketplace.ledger.queries import head_of, verify
from marketplace.web.extensions import db

ledger = AppGroup("ledger", help="Look after the books.")

#: Exit code of ``flask ledger verify`` when the chain does not hold.
BROKEN = 1


@ledger.command("verify")
def ledger_verify() -> None:
    """Walk the chain of hashes; name every altered, removed, reordered or added entry."""
    faults = 0
    for fault in verify(db.session):
        faults += 1
        click.echo(f"No. {fault.number}: {fault.message}")
    number, head = head_of(db.session) or (0, "")
    if faults:
        click.echo(f"The books do not hold: {faults} faults in {number} entries.", err=True)
        sys.exit(BROKEN)
    click.echo(f"The books hold: {number} entries, the last one's hash is {head or 'none'}.")


COMMANDS = (ledger,)
