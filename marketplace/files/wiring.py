"""What files give to the export of personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.accounts.services import personal_data
from marketplace.files.models import Attachment

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session


def uploaded(session: Session, user_id: UUID) -> list[dict[str, Any]]:
    """List what a person has uploaded."""
    return personal_data.plain_rows(
        session.scalars(select(Attachment).where(Attachment.uploaded_by == user_id))
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Add the part about files."""
    personal_data.register("files_uploaded", uploaded)
