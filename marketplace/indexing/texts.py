"""Which text of a document each vector space embeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.documents import Document

#: Models read no more than this; what follows is not worth waiting for.
LIMIT = 4000


def text_of(document: Document, space: str) -> str:  # noqa: ARG001 — every space embeds the same text so far
    """Give the text, or nothing when the document says nothing."""
    parts = (document.title, document.summary, document.body, "，".join(document.keywords))
    return "\n".join(part for part in parts if part)[:LIMIT]
