"""Documents and versions of one generation, in SQLite: the truth that the indexes follow.

A write first lands here together with a note that it waits to be indexed. A process that is
killed in between leaves the note, and whoever writes next indexes what waits.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from search.stored import from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from search.documents import Document

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS document (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    content BLOB
);
CREATE TABLE IF NOT EXISTS waiting (key INTEGER PRIMARY KEY, version INTEGER NOT NULL);
"""
#: Values of one statement; SQLite allows more, but plans get slow.
_MANY: Final = 500
_PAGE: Final = 5_000
#: How long a statement waits for another process (seconds).
_BUSY: Final = 30.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document (None when removed) that is not indexed yet."""

    key: int
    version: int
    document: Document | None


class Store:
    """Keeps documents by id; rows without content are removed documents."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._process = os.getpid()

    def _connection(self) -> sqlite3.Connection:
        """Give this thread's connection; after a fork the parent's are left alone."""
        if os.getpid() != self._process:
            self._process, self._local, self._open = os.getpid(), threading.local(), []
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self._path, timeout=_BUSY, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            self._local.connection = connection
            with self._guard:
                self._open.append(connection)
        return connection

    def create(self) -> None:
        """Make the tables."""
        self._connection().executescript(_SCHEMA)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write in one transaction."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def put(self, documents: Iterable[Document]) -> list[tuple[int, Document]]:
        """Write what is not older than the stored version; give keys of what was written."""
        written: dict[int, Document] = {}
        for document in documents:
            content = zlib.compress(
                json.dumps(to_json(document), separators=(",", ":")).encode("ascii"), 1
            )
            key = self._write(document.id, document.version, content)
            if key is not None:
                written[key] = document
        return list(written.items())

    def remove(self, versions: Mapping[str, int]) -> list[int]:
        """Mark documents as removed; an older write that comes late won't bring them back."""
        keys = (self._write(identity, version, None) for identity, version in versions.items())
        return [key for key in keys if key is not None]

    def _write(self, identity: str, version: int, content: bytes | None) -> int | None:
        connection = self._connection()
        row = connection.execute(
            "INSERT INTO document (id, version, content) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET version = excluded.version, content = excluded.content "
            "WHERE excluded.version >= document.version RETURNING key",
            (identity, version, content),
        ).fetchone()
        if row is None:
            return None
        connection.execute(
            "INSERT INTO waiting (key, version) VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET version = excluded.version",
            (row[0], version),
        )
        return int(row[0])

    def waiting(self, limit: int = 1_000) -> list[Waiting]:
        """Give what is not indexed yet, at most ``limit``."""
        rows = self._connection().execute(
            "SELECT key, waiting.version, content FROM waiting JOIN document USING (key) "
            "ORDER BY key LIMIT ?",
            (limit,),
        )
        return [Waiting(key, version, _document(content)) for key, version, content in rows]

    def any_waiting(self) -> bool:
        """Whether something is not indexed yet."""
        return self._connection().execute("SELECT 1 FROM waiting LIMIT 1").fetchone() is not None

    def indexed(self, done: Iterable[Waiting]) -> None:
        """Note that documents are indexed, unless they changed meanwhile."""
        with self.writing():
            self._connection().executemany(
                "DELETE FROM waiting WHERE key = ? AND version = ?",
                [(one.key, one.version) for one in done],
            )

    def ids(self, keys: Sequence[int]) -> dict[int, str]:
        """Give the ids of keys; removed documents are left out."""
        return dict(self._rows("key, id", "key", keys, "AND content IS NOT NULL"))

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """Give documents by id."""
        rows = self._rows("id, content", "id", ids, "AND content IS NOT NULL")
        return {identity: found for identity, blob in rows if (found := _document(blob))}

    def _rows(
        self, columns: str, name: str, values: Sequence[str] | Sequence[int], more: str
    ) -> Iterator[tuple[Any, ...]]:
        connection = self._connection()
        for at in range(0, len(values), _MANY):
            some = values[at : at + _MANY]
            marks = ",".join("?" * len(some))
            yield from connection.execute(
                f"SELECT {columns} FROM document WHERE {name} IN ({marks}) {more}",  # noqa: S608
                some,
            )

    def versions(self) -> Iterator[tuple[str, int]]:
        """Give ids and versions of stored documents, by id."""
        last = ""
        while True:
            rows = (
                self._connection()
                .execute(
                    "SELECT id, version FROM document WHERE id > ? AND content IS NOT NULL "
                    "ORDER BY id LIMIT ?",
                    (last, _PAGE),
                )
                .fetchall()
            )
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1][0]

    def last_key(self) -> int:
        """Give the highest key in use, or 0."""
        row = self._connection().execute("SELECT max(key) FROM document").fetchone()
        return int(row[0] or 0)

    def count(self) -> int:
        """Count the stored documents."""
        query = "SELECT count(*) FROM document WHERE content IS NOT NULL"
        return int(self._connection().execute(query).fetchone()[0])


def _document(content: bytes | None) -> Document | None:
    return None if content is None else from_json(json.loads(zlib.decompress(content)))
