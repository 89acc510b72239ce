"""Reviewed texts that are kept when newer ones replace them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import select

from marketplace.drafting.models import Revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.drafting.models import ReviewedText

Kept = TypeVar("Kept", bound=Revision)


@dataclass(frozen=True)
class Revisions(Generic[Kept]):
    """The kept texts of one kind; ``owner`` is the column that names the text they belong to."""

    table: type[Kept]
    owner: str

    def last(self, session: Session, text_id: UUID) -> Kept | None:
        """Give the newest kept text."""
        return next(iter(self.all(session, text_id, most=1)), None)

    def all(self, session: Session, text_id: UUID, *, most: int | None = None) -> Sequence[Kept]:
        """Give the kept texts, the newest first."""
        return session.scalars(
            select(self.table)
            .where(getattr(self.table, self.owner) == text_id)
            .order_by(self.table.number.desc())
            .limit(most)
        ).all()

    def last_content(self, session: Session, text_id: UUID) -> dict[str, Any]:
        """Give the newest kept content, empty when there is none."""
        last = self.last(session, text_id)
        return dict(last.content) if last else {}

    def keep(
        self,
        session: Session,
        text: ReviewedText,
        content: Mapping[str, Any],
        *,
        reviewed_at: datetime | None = None,
    ) -> None:
        """Keep a text with who wrote and reviewed it, by default as of its publication."""
        last = self.last(session, text.id)
        session.add(
            self.table(
                **{self.owner: text.id},
                number=last.number + 1 if last else 1,
                content=dict(content),
                reviewed_at=reviewed_at or text.published_at or text.created_at,
                reviewed_by=text.reviewed_by,
                edited_by=text.edited_by,
            )
        )
