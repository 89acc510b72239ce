"""The reviewers' queue of one kind of text: what has waited longest comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import func, select

from marketplace.core.paging import Page, page_of
from marketplace.drafting.models import ReviewedText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

Text = TypeVar("Text", bound=ReviewedText)


@dataclass(frozen=True)
class Queue(Generic[Text]):
    """What waits for a reviewer: ``waits`` says which rows do, ``loaded`` selects them whole."""

    table: type[Text]
    waits: ColumnElement[bool]
    loaded: Callable[[], Select[Text]]
    #: Rows on one page.
    size: int = 50

    @property
    def _order(self) -> tuple[Any, Any]:
        return self._since, self.table.id

    @property
    def _since(self) -> ColumnElement[datetime]:
        table = self.table
        return func.coalesce(table.pending_submitted_at, table.submitted_at, table.created_at)

    def page(
        self, session: Session, *, organization_id: UUID | None = None, number: int = 1
    ) -> Page[Text]:
        """Give one page of the queue, of one organization or of all."""
        statement = self.loaded().where(self.waits)
        if organization_id is not None:
            statement = statement.where(self.table.organization_id == organization_id)
        return page_of(session, statement.order_by(*self._order), number=number, size=self.size)

    def versions(
        self, session: Session, *, actor: Actor, organization_id: UUID | None, until: datetime
    ) -> Mapping[UUID, int]:
        """Give id and version of what waited by then, but of the reviewer's own organizations."""
        statement = select(self.table.id, self.table.version).where(
            self.waits,
            until >= self._since,
            self.table.organization_id.not_in(actor.organization_ids),
        )
        if organization_id is not None:
            statement = statement.where(self.table.organization_id == organization_id)
        return dict(session.execute(statement.order_by(*self._order)).all())

    def count(self, session: Session) -> int:
        """Count the texts that wait for a reviewer."""
        return session.scalar(select(func.count(self.table.id)).where(self.waits)) or 0
