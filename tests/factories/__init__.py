"""Makes records for tests; each domain's makers stand in a file of their own.

A file ``tests/factories/<domain>.py`` defines a class ``Makers`` whose methods use
``self.session``; they are all gathered into ``Make``.
"""

from __future__ import annotations

import importlib
import itertools
import pkgutil
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_numbers = itertools.count(1)


def number() -> int:
    """Give a number that no other made record of this run has."""
    return next(_numbers)


class Maker:
    """What all makers share."""

    session: Session

    def add(self, *rows: Any) -> Any:
        """Flush rows and forget the messages that told of them; give the first."""
        self.session.add_all(rows)
        self.session.flush()
        self.session.execute(text("DELETE FROM procrastinate_jobs WHERE status = 'todo'"))
        return rows[0]


def _gathered() -> tuple[type, ...]:
    modules = (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    )
    return tuple(module.Makers for module in modules if hasattr(module, "Makers"))


class Make(*_gathered(), Maker):  # type: ignore[misc]
    """All makers: ``make.listing(status=…)``, ``make.user()``."""

    def __init__(self, session: Session) -> None:
        self.session = session
