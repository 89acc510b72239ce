"""Puts imports on the desk, and the way back to one on the page of its job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from marketplace.exchange import queries
from marketplace.web import panels
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.core.actor import Actor
    from marketplace.progress.models import LongJob


def import_panel(job: LongJob, actor: Actor) -> str | None:
    """Show what comes next for the import that a job works on."""
    row = queries.import_of_job(db.session, job.id)
    if row is None:
        return None
    is_member = actor.is_member(row.organization_id)
    return render_template("exchange/_next.html", row=row, job=job, is_member=is_member)


def desk_card(_thing: object, actor: Actor) -> str | None:
    """Lead those who write records for an organization to imports."""
    if not any(actor.may_write_for(one) for one in actor.memberships):
        return None
    return render_template("exchange/_desk.html")


def install(_app: Flask) -> None:
    """Fill the places on the job's page and on the desk."""
    panels.fill("desk", desk_card, rank=1)
    panels.fill("job.show", import_panel)
