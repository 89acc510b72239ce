"""Texts as vectors: the protocol, and which text of a document is embedded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np

    from search.documents import Document

#: Longer texts are cut here before they are embedded (characters): the models look at no more
#: than a few hundred tokens, and time grows with length.
PASSAGE_LIMIT: Final = 1200
QUESTION_LIMIT: Final = 400


class Part(StrEnum):
    """The part of a document that a space holds."""

    #: Title and keywords: what it is about, undiluted.
    HEAD = "head"
    #: Title, keywords, summary and body.
    WHOLE = "whole"


@dataclass(frozen=True)
class VectorSpace:
    """Where vectors of one model and text part live; ``name`` also versions the model.

    Names hold lower-case letters, digits and ``_`` alone, so that they serve as field names.
    """

    name: str
    dimensions: int
    part: Part = Part.WHOLE
    #: Cosine below which a text means something else; the search page shows nothing under it.
    floor: float = 0.0


class EmbeddingUnavailable(Exception):
    """The model gives no vectors now; the caller does with the words alone and tries later."""


class Embedder(Protocol):
    """Turns texts into unit vectors (float32, one row a text) of its space; loads when first used.

    Both methods raise EmbeddingUnavailable, and may be called from any thread.
    """

    space: VectorSpace

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages that will be searched for."""

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions."""


def passages(document: Document, embedders: Iterable[Embedder]) -> Mapping[str, str]:
    """Give the text of the document that each space holds, by the space's name.

    A vector may be kept under the space's name and a hash of this text.
    """
    texts = {Part.HEAD: _head(document), Part.WHOLE: _whole(document)}
    return {embedder.space.name: texts[embedder.space.part] for embedder in embedders}


def question(document: Document) -> str:
    """Give the text by which the document's counterparts are asked for, in any space."""
    text = _joined(document.title, document.summary, _opening(document, QUESTION_LIMIT))
    if not text:
        text = _joined(document.title_en, document.summary_en, document.body_en)
    return text[:QUESTION_LIMIT]


def question_vectors(document: Document, embedders: Iterable[Embedder]) -> Mapping[str, np.ndarray]:
    """Embed the document's question in every space, by the space's name."""
    return query_vectors(question(document), embedders)


def query_vectors(text: str, embedders: Iterable[Embedder]) -> Mapping[str, np.ndarray]:
    """Embed what somebody typed in every space, by the space's name; nothing for a blank."""
    text = text.strip()[:QUESTION_LIMIT]
    if not text:
        return {}
    return {embedder.space.name: embedder.queries([text])[0] for embedder in embedders}


def _head(document: Document) -> str:
    keywords = "；".join(document.keywords)
    english = _joined(document.title_en, "; ".join(document.keywords_en))
    return _joined(document.title, keywords, english)[:PASSAGE_LIMIT]


def _whole(document: Document) -> str:
    keywords = "；".join(document.keywords)
    text = _joined(document.title, keywords, document.summary, document.body)
    if not text:
        keywords = "; ".join(document.keywords_en)
        text = _joined(document.title_en, keywords, document.summary_en, document.body_en)
    return text[:PASSAGE_LIMIT]


def _opening(document: Document, length: int) -> str:
    return document.body[: max(0, length - len(document.summary))]


def _joined(*texts: str) -> str:
    return "。".join(text for text in (text.strip() for text in texts) if text)
