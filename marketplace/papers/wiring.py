"""Binds papers to what lies beside them: scans follow their paper, signatures wait on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.files import permissions as file_permissions
from marketplace.papers import queries
from marketplace.papers.permissions import may_see

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def _may_see_scan(session: Session, actor: Actor, paper_id: UUID) -> bool:
    paper = queries.load(session, paper_id)
    return paper is not None and may_see(session, actor, paper)


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Say who opens the stamped scans of a paper."""
    file_permissions.register(queries.ATTACHED_TO, _may_see_scan)
