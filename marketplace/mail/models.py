"""The outbox: what is to be said to whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.model import Entity, Model


class OutboxMail(Entity, Model):
    """One message: ``topic`` names its templates, ``details`` are the values they show.

    The details of a message that a mail server took are emptied, for they may hold a secret link.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint("language IN ('zh', 'en')", name="mail_in_a_known_language"),
        Index(None, "queued_at"),
    )

    topic: Mapped[str] = mapped_column(String(60))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    details: Mapped[dict[str, Any]] = mapped_column(repr=False)
    queued_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
