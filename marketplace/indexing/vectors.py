"""Vectors by content: looked up before anything is embedded, kept for ever after."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from marketplace.indexing.models import Embedding
from search.embedding import passages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from search.documents import Document
    from search.embedding import Embedder

HALF = np.dtype("<f2")
_LOCK = 0x48415645  # "HAVE": held while texts are embedded, so that no two processes do the same


def text_hash(text: str) -> bytes:
    """Give the key under which a text's vectors are kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def packed(vector: np.ndarray) -> bytes:
    """Give a vector as it is stored."""
    return np.ascontiguousarray(vector, dtype=HALF).tobytes()


def unpacked(stored: bytes) -> np.ndarray:
    """Give a stored vector as single-precision numbers of length 1."""
    vector = np.frombuffer(stored, dtype=HALF).astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


class Vectors:
    """The vectors of documents in the spaces of the given embedders."""

    def __init__(self, embedders: Sequence[Embedder]) -> None:
        self.embedders = embedders

    def _keys(self, document: Document) -> dict[tuple[bytes, str], str]:
        """Give (text hash, space) → text of everything that one document needs."""
        return {
            (text_hash(text), space): text
            for space, text in passages(document, self.embedders).items()
            if text
        }

    def attach(
        self, session: Session, documents: Sequence[Document]
    ) -> tuple[list[Document], list[str]]:
        """Give the documents with their kept vectors, and the ids of those that lack some."""
        needed = [(document, self._keys(document)) for document in documents]
        kept = _kept(session, [key for _document, keys in needed for key in keys])
        filled, lacking = [], []
        for document, keys in needed:
            found = {key[1]: kept[key] for key in keys if key in kept}
            filled.append(replace(document, vectors=found))
            if len(found) < len(keys):
                lacking.append(document.id)
        return filled, lacking

    def embed(self, session: Session, documents: Sequence[Document]) -> int:
        """Embed and keep what the documents lack; give how many texts were embedded.

        Other processes that want to embed wait until this transaction ends.
        """
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        wanted = {key: text for document in documents for key, text in self._keys(document).items()}
        kept = _kept(session, list(wanted))
        count = 0
        for embedder in self.embedders:
            space = embedder.space.name
            missing = {
                key: text for key, text in wanted.items() if key[1] == space and key not in kept
            }
            if missing:
                rows = embedder.documents(list(missing.values()))
                _keep(session, dict(zip(missing, rows, strict=True)))
                count += len(missing)
        return count


def _kept(
    session: Session, keys: Sequence[tuple[bytes, str]]
) -> Mapping[tuple[bytes, str], np.ndarray]:
    if not keys:
        return {}
    rows = session.execute(
        select(Embedding.text_hash, Embedding.space, Embedding.vector).where(
            tuple_(Embedding.text_hash, Embedding.space).in_(keys)
        )
    )
    return {(digest, space): unpacked(vector) for digest, space, vector in rows}


def _keep(session: Session, vectors: Mapping[tuple[bytes, str], np.ndarray]) -> None:
    session.execute(
        insert(Embedding).on_conflict_do_nothing(),
        [
            {"text_hash": digest, "space": space, "vector": packed(vector)}
            for (digest, space), vector in vectors.items()
        ],
    )
