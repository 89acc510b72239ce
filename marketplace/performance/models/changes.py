"""Terms that an amendment replaced; what was reported before it is still counted by them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.model import Model


class FormerTerms(Model):
    """The terms of a contract that stood until an amendment took effect; rows are only added."""

    __tablename__ = "former_terms"
    __table_args__ = (
        UniqueConstraint("performance_id", "number", name="former_terms_are_numbered"),
        {"info": {"append_only": True}},
    )

    performance_id: Mapped[UUID] = mapped_column(ForeignKey("performance.id"))
    number: Mapped[int]
    terms: Mapped[dict[str, Any]]
    #: The day on which the amendment took effect: periods that ended before it follow these terms.
    until_on: Mapped[date]
    #: The signed amendment.
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("paper.id"))
    changed_at: Mapped[datetime]
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)
