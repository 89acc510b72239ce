"""Binds papers to what lies beside them: scans follow their paper, signatures wait on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from marketplace.files import permissions as file_permissions
from marketplace.papers import queries
from marketplace.papers.permissions import may_see
from marketplace.web import panels
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def _may_see_scan(session: Session, actor: Actor, paper_id: UUID) -> bool:
    paper = queries.load(session, paper_id)
    return paper is not None and may_see(session, actor, paper)


def _desk(_thing: object, actor: Actor) -> str | None:
    papers = queries.list_to_sign(db.session, actor=actor)
    return render_template("papers/_desk.html", papers=papers) if papers else None


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Say who opens the stamped scans of a paper; put open signatures on the desk."""
    file_permissions.register(queries.ATTACHED_TO, _may_see_scan)
    panels.fill("desk", _desk)
