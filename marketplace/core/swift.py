"""Statements of the few paths on which people queue: compiled once, sent by the driver itself.

They are written with the tables' own columns like all others, so that a renamed column is found at
import. What is saved is the work between a statement and the wire, several times the database's
own. Values go to the driver as they are: enums are text, JSON is wrapped by the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy.dialects.postgresql import psycopg as dialects
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Cursor
    from sqlalchemy import Executable
    from sqlalchemy.orm import Session

_DIALECT: Any = dialects.dialect()  # type: ignore[no-untyped-call]


class Swift:
    """One statement whose values are named; those that were fixed in it are sent along."""

    def __init__(self, statement: Executable) -> None:
        compiled: Any = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        self.text = str(compiled)
        self.fixed = {
            compiled.bind_names[bind]: bind.value
            for bind in compiled.bind_names
            if not bind.required
        }

    def __call__(self, session: Session, values: Mapping[str, object]) -> Cursor[Any]:
        """Run it in the session's transaction; errors are SQLAlchemy's, as of other statements."""
        cursor: Cursor[Any] = connection(session).cursor()
        try:
            return cursor.execute(self.text, {**self.fixed, **values})
        except psycopg.Error as error:
            raise DBAPIError.instance(
                self.text, dict(values), error, psycopg.Error, hide_parameters=True
            ) from error


def connection(session: Session) -> Any:  # noqa: ANN401 — the driver's connection
    """Give the driver's connection of the session's transaction."""
    return session.connection().connection.driver_connection
