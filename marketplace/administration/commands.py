"""``flask audit verify`` and ``flask accounts create``."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from marketplace.accounts.queries import find_user_by_email
from marketplace.accounts.services.registration import create_user
from marketplace.accounts.services.roles import bestow, open_roles
from marketplace.core.actor import PlatformRole
from marketplace.core.audit import AuditEntry, verify
from marketplace.core.errors import RuleBroken
from marketplace.web.clock import now
from marketplace.web.extensions import db

audit = AppGroup("audit", help="Look after the audit trail.")
accounts = AppGroup("accounts", help="Look after accounts.")

#: Exit code of ``flask audit verify`` when the chain does not hold.
BROKEN = 1


@audit.command("verify")
def audit_verify() -> None:
    """Walk the chain of hashes; name every altered, removed, reordered or added row."""
    faults = 0
    for fault in verify(db.session):
        faults += 1
        click.echo(f"No. {fault.number}: {fault.message}")
    count = db.session.scalar(select(func.count()).select_from(AuditEntry))
    if faults:
        click.echo(f"The audit trail does not hold: {faults} faults in {count} rows.", err=True)
        sys.exit(BROKEN)
    click.echo(f"The audit trail holds: {count} rows.")


@accounts.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in PlatformRole]))
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.password_option(help="Asked for when it is not given.")
def accounts_create(email: str, name: str, role: str | None, language: str, password: str) -> None:
    """Make an account, for example the first administrator's; or give one a role."""
    user = find_user_by_email(db.session, email)
    try:
        if user is None:
            user = create_user(
                db.session,
                email=email,
                name=name,
                password=password,
                language=language,
                now=now(),
            )
            click.echo(f"Account {user.email} made.")
        if role is not None and PlatformRole(role) not in open_roles(db.session, user.id):
            bestow(db.session, user=user, role=PlatformRole(role), actor=None, now=now())
            click.echo(f"Role {role} given to {user.email}.")
    except RuleBroken as error:
        raise click.ClickException(error.message % error.values) from error
    db.session.commit()


COMMANDS = (audit, accounts)
