"""Vectors kept in PostgreSQL, and the records that wait for theirs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String, func
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.model import Model


class Embedding(Model):
    """The vector of one text in one space; the same text is never embedded twice.

    ``vector`` holds half-precision numbers in little-endian order: half the room of single
    precision, and the cosine of two unit vectors changes by less than 0.001.
    """

    __tablename__ = "embedding"
    __table_args__ = (
        CheckConstraint("octet_length(text_hash) = 32", name="text_hash_is_sha256"),
        CheckConstraint(
            "octet_length(vector) > 0 AND mod(octet_length(vector), 2) = 0",
            name="vector_is_half_precision",
        ),
    )

    text_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    space: Mapped[str] = mapped_column(String(80), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False, repr=False)


class EmbeddingWanted(Model):
    """A record that stands in the index without all its vectors."""

    __tablename__ = "embedding_wanted"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    record_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    since: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), init=False, repr=False
    )
