"""Uploaded files: content is kept once by hash, each use of it is an attachment."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class Visibility(LabelledEnum):
    """Who may open an attachment."""

    PUBLIC = "public", N_("Everyone")
    SIGNED_IN = "signed_in", N_("Signed-in people")
    CONFIDENTIAL = "confidential", N_("After a confidentiality agreement")
    INTERNAL = "internal", N_("Our organization and reviewers")


class Attachment(Entity, Model):
    """A file attached to one object of one organization (or of one person alone)."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="attachment_has_content"),
        Index(None, "object_kind", "object_id"),
    )

    object_kind: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[UUID]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    visibility: Mapped[Visibility]
    purpose: Mapped[str] = mapped_column(String(40), default="")
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
