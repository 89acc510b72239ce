"""Binds papers to what lies beside them: scans follow their paper, signatures wait on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template
from sqlalchemy import select

from marketplace.accounts.services import personal_data
from marketplace.files import permissions as file_permissions
from marketplace.papers import queries
from marketplace.papers.models import Signature
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
    if not papers and not queries.has_own(db.session, actor=actor):
        return None
    return render_template("papers/_desk.html", papers=papers)


def _signatures_of(session: Session, user_id: UUID) -> list[dict[str, Any]]:
    """List what a person signed."""
    return personal_data.plain_rows(
        session.scalars(select(Signature).where(Signature.person_id == user_id))
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Say who opens stamped scans, put open signatures on the desk, give what a person signed."""
    file_permissions.register(queries.ATTACHED_TO, _may_see_scan)
    panels.fill("desk", _desk, rank=-2)
    personal_data.register("signatures", _signatures_of)
