"""Binds listings to what lies beside them: files follow the listing they hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from marketplace.accounts.services import personal_data
from marketplace.core.actor import PlatformRole
from marketplace.core.messages import N_
from marketplace.files import permissions as file_permissions
from marketplace.listings import desk, queries
from marketplace.listings.models import Enquiry
from marketplace.web import panels
from marketplace.web.queues import register_queue

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session


def _enquiries_of(session: Session, user_id: UUID) -> list[dict[str, Any]]:
    """List what a person asked and replied."""
    return personal_data.plain_rows(
        session.scalars(
            select(Enquiry).where(or_(Enquiry.sender_id == user_id, Enquiry.replied_by == user_id))
        )
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Say who sees a listing's files, put listings on the desk, give what a person wrote."""
    personal_data.register("enquiries", _enquiries_of)
    panels.fill("desk", desk.panel)
    register_queue(
        "listings",
        N_("Technologies to review"),
        count=lambda session, _actor: queries.QUEUE.count(session),
        endpoint="listings.review_queue",
        roles=frozenset({PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR}),
    )
    file_permissions.register(queries.ATTACHED_TO, queries.is_shown_to)
