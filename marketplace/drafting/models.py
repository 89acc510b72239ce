"""Columns of a text that a reviewer passes before readers see it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.model import Entity, Indexed


class ReviewedText(Entity, Indexed, kw_only=True, eq=False):
    """A text of an organization, and how far it has come.

    The table's other columns hold the text that readers see (of a never published text: the
    author's); changes to a published one wait in ``pending`` until a reviewer has seen them.
    """

    if TYPE_CHECKING:
        #: Each table has states of its own; ``rules.ReviewPath`` says what they mean.
        status = cast("Any", None)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    #: What the author changed since the last reviewed text.
    pending: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    pending_submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    return_reason: Mapped[str] = mapped_column(default="")
    #: Last moment the owner touched or renewed it.
    touched_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)


class Revision(Entity, kw_only=True, eq=False):
    """A reviewed text that is kept."""

    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    reviewed_at: Mapped[datetime]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
