"""One page of a longer list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import func, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """Items ``(number - 1) * size`` and on, of ``total``."""

    items: Sequence[T]
    total: int
    number: int
    size: int

    @property
    def last(self) -> int:
        """Number of the last page; an empty list has one page."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Whether a page follows."""
        return self.number < self.last


def page_of(session: Session, statement: Select[T], *, number: int, size: int = 20) -> Page[T]:
    """Load one page of the statement's rows with the exact total."""
    number = max(1, number)
    count: Select[Any] = select(func.count()).select_from(
        statement.order_by(None).options().subquery()
    )
    total = session.scalar(count) or 0
    rows = session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Page(items=rows, total=total, number=number, size=size)
