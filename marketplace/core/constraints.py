"""Turns a violated constraint into the rule that it stands for."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy.exc import IntegrityError

from marketplace.core.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

_MEANINGS: dict[str, tuple[str, str | None]] = {}


def means(name: str, message: str, *, field: str | None = None) -> str:
    """Say once, beside the table, what a violated constraint tells a person; give the name back."""
    _MEANINGS[name] = (message, field)
    return name


@contextmanager
def judged(session: Session) -> Iterator[None]:
    """Run a block and flush it in a savepoint; a known violated constraint becomes RuleBroken."""
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        name = error.orig.diag.constraint_name if isinstance(error.orig, psycopg.Error) else None
        if name not in _MEANINGS:
            raise
        message, field = _MEANINGS[name]
        raise RuleBroken(message, field=field) from error
