"""Limits, names and what counts as new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from search.documents import Document

SAVED_LIMIT = 50
COLLECTIONS_LIMIT = 100
ITEMS_LIMIT = 500
COMPARED_LEAST, COMPARED_MOST = 2, 4
#: Characters of a name; of a note.
NAME_LIMIT, NOTE_LIMIT = 80, 1000


def require_room(count: int, limit: int) -> None:
    """Raise RuleBroken when a person keeps as many as the place holds."""
    if count >= limit:
        raise RuleBroken(
            N_("You keep %(limit)s already; delete one before you add another."), limit=limit
        )


def newer_than(documents: Iterable[Document], moment: datetime) -> list[Document]:
    """Give the documents that were published after a moment."""
    return [one for one in documents if one.published_at is not None and one.published_at > moment]


def suggested_name(text: str, filters: Sequence[str], otherwise: str) -> str:
    """Give a name for a search from its words, or its filters, or what it looks through."""
    return (text or ", ".join(filters) or otherwise)[:NAME_LIMIT]
