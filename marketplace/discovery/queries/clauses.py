"""What a kind of record brings for the search by tables alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Text, and_, cast, or_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from marketplace.organizations.models import Organization
from search.queries import NEGOTIABLE, PRICE_BANDS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from search.documents import Document

#: Under a name of its own: the clauses of visibility look at ``organization`` themselves.
Owner = aliased(Organization)

Clause = Callable[[Sequence[str]], "ColumnElement[bool]"]


@dataclass(frozen=True, kw_only=True)
class Table:
    """How one kind of record is found, filtered and ordered without an engine."""

    #: Ids of what an actor may find.
    found_by: Callable[[Actor], Select[UUID]]
    load: Callable[[Session, Sequence[UUID]], Mapping[UUID, Document | None]]
    texts: tuple[Any, ...]
    title: Any
    newest: Any
    due: Any
    identity: Any
    facets: Mapping[str, Clause]
    #: Further clauses that a word (as a LIKE pattern) may satisfy.
    holds: Callable[[str], Sequence[ColumnElement[bool]]] = lambda _pattern: ()
    #: Values that can be ticked whether or not a record has them.
    offered: Mapping[str, Sequence[str]] = field(default_factory=dict)


def any_of(column: Any) -> Callable[[Sequence[str]], ColumnElement[bool]]:  # noqa: ANN401 — a JSON column
    """Give the clause "the JSON list holds one of the values"."""

    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return column.op("?|")(cast(list(values), ARRAY(Text)))  # type: ignore[no-any-return]

    return clause


def one_of(column: Any) -> Callable[[Sequence[str]], ColumnElement[bool]]:  # noqa: ANN401 — any column
    """Give the clause "the column is one of the values"."""

    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return column.in_(values)  # type: ignore[no-any-return]

    return clause


def number_of(column: Any) -> Callable[[Sequence[str]], ColumnElement[bool]]:  # noqa: ANN401 — any column
    """Give the same for a column of whole numbers."""

    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return column.in_([int(value) for value in values])  # type: ignore[no-any-return]

    return clause


def organization(column: Any, shown: ColumnElement[bool]) -> Callable[..., ColumnElement[bool]]:  # noqa: ANN401 — a column
    """Give the clause "of one of these organizations", where that may be known."""

    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return and_(shown, column.in_([UUID(value) for value in values]))

    return clause


def place(shown: ColumnElement[bool]) -> Callable[[Sequence[str]], ColumnElement[bool]]:
    """Give the clause "in one of these districts", where that may be known."""

    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return and_(shown, Owner.district_code.in_(values))

    return clause


def band(price: Any) -> Callable[..., ColumnElement[bool]]:  # noqa: ANN401 — a column
    """Give the clause of ``search.queries.price_band`` over a column of minor units."""
    bounds: dict[str, tuple[int, int | None]] = {}
    low = 0
    for name, bound in PRICE_BANDS:
        bounds[name] = (low, bound)
        low = bound or low

    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        clauses = []
        for value in values:
            if value == NEGOTIABLE:
                clauses.append(price.is_(None))
                continue
            least, bound = bounds[value]
            clauses.append(price >= least if bound is None else price.between(least, bound - 1))
        return or_(*clauses)

    return clause
