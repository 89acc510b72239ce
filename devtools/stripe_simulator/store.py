"""Where objects live: SQLite, in memory or in a file that outlives ``kill -9``."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_in_order ON objects (kind, account, seq);
CREATE TABLE IF NOT EXISTS answers (
    account TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, request_id TEXT NOT NULL, created INTEGER NOT NULL,
    PRIMARY KEY (account, key));
CREATE TABLE IF NOT EXISTS timers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, due INTEGER NOT NULL, name TEXT NOT NULL,
    id TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS timers_due ON timers (due);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL,
    due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, state TEXT NOT NULL,
    status INTEGER);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT, path TEXT, sent TEXT, account TEXT,
    key TEXT, status INTEGER, answer TEXT);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
#: References that are looked up by what they point to.
INDEXED = ("payment_intent", "charge", "source", "transfer_group", "destination")
#: Calls kept for tests to look at.
MOST_CALLS = 20_000


def _member(name: str) -> str:
    return f"json_extract(body, '$.{name}')"


class Store:
    """Objects by id, and lists of them newest first. One thread at a time."""

    def __init__(self, path: str | None) -> None:
        self.lock = threading.RLock()
        self._depth = 0
        self.rows = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None
        )
        if path:
            self.rows.execute("PRAGMA journal_mode = WAL")
        # The process may be killed at any time, the machine is not: nothing needs flushing.
        self.rows.execute("PRAGMA synchronous = OFF")
        self.rows.executescript(TABLES)
        for name in INDEXED:
            self.rows.execute(
                f"CREATE INDEX IF NOT EXISTS objects_{name} ON objects (kind, {_member(name)})"
            )

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self.rows.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep everything done inside, or nothing when it raises; alone in the store."""
        with self.lock:
            self._depth += 1
            outer = self._depth == 1
            try:
                if outer:
                    self.rows.execute("BEGIN IMMEDIATE")
                yield
            except BaseException:
                if outer:
                    self.rows.execute("ROLLBACK")
                raise
            else:
                if outer:
                    self.rows.execute("COMMIT")
            finally:
                self._depth -= 1

    def put(self, thing: dict[str, Any], account: str = "") -> dict[str, Any]:
        """Keep an object, new or changed."""
        body = json.dumps(thing, separators=(",", ":"), ensure_ascii=False)
        with self.lock:
            self.rows.execute(
                "INSERT INTO objects (kind, id, account, created, body) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                (thing["object"], thing["id"], account, thing.get("created", 0), body),
            )
        return thing

    def get(self, kind: str, wanted: str, account: str | None = "") -> dict[str, Any] | None:
        """Find an object of an account, or of any when ``account`` is None."""
        with self.lock:
            row = self.rows.execute(
                "SELECT body, account FROM objects WHERE id = ? AND kind = ?", (wanted, kind)
            ).fetchone()
        if row is None or (account is not None and row[1] != account):
            return None
        found: dict[str, Any] = json.loads(row[0])
        return found

    def owner(self, wanted: str) -> str:
        """Say whose an object is: an account's id, or "" for the platform."""
        with self.lock:
            row = self.rows.execute(
                "SELECT account FROM objects WHERE id = ?", (wanted,)
            ).fetchone()
        return str(row[0]) if row else ""

    def kind_of(self, wanted: str) -> str | None:
        """Say what kind of object an id names."""
        with self.lock:
            row = self.rows.execute("SELECT kind FROM objects WHERE id = ?", (wanted,)).fetchone()
        return str(row[0]) if row else None

    def drop(self, wanted: str) -> None:
        """Forget an object."""
        with self.lock:
            self.rows.execute("DELETE FROM objects WHERE id = ?", (wanted,))

    def find(
        self,
        kind: str,
        account: str | None = "",
        *,
        where: tuple[str, ...] = (),
        values: tuple[Any, ...] = (),
        limit: int = -1,
        oldest_first: bool = False,
        **members: Any,  # noqa: ANN401 - members of the object by their name
    ) -> list[dict[str, Any]]:
        """List objects newest first, by their members and further conditions in SQL."""
        conditions, given = ["kind = ?"], [kind]
        if account is not None:
            conditions.append("account = ?")
            given.append(account)
        for name, value in members.items():
            conditions.append(f"{_member(name)} = ?")
            given.append(value)
        conditions.extend(where)
        order = "ASC" if oldest_first else "DESC"
        with self.lock:
            rows = self.rows.execute(
                f"SELECT body FROM objects WHERE {' AND '.join(conditions)} "  # noqa: S608 - names from the code
                f"ORDER BY seq {order} LIMIT ?",
                (*given, *values, limit),
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def place(self, wanted: str) -> int | None:
        """Give the place of an object in the order of creation."""
        with self.lock:
            row = self.rows.execute("SELECT seq FROM objects WHERE id = ?", (wanted,)).fetchone()
        return int(row[0]) if row else None

    def count(self) -> dict[str, int]:
        """Count objects by kind."""
        with self.lock:
            rows = self.rows.execute(
                "SELECT kind, count(*) FROM objects GROUP BY kind ORDER BY kind"
            ).fetchall()
        return dict(rows)

    def fact(self, name: str, otherwise: Any = None) -> Any:  # noqa: ANN401 - any JSON
        """Recall something remembered by name."""
        with self.lock:
            row = self.rows.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else otherwise

    def remember(self, name: str, value: Any) -> None:  # noqa: ANN401 - any JSON
        """Remember something by name."""
        with self.lock:
            self.rows.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET"
                " value = excluded.value",
                (name, json.dumps(value)),
            )

    def note_call(self, call: dict[str, Any]) -> None:
        """Keep a call for tests to look at; the oldest are forgotten."""
        with self.lock:
            done = self.rows.execute(
                "INSERT INTO calls (method, path, sent, account, key, status, answer)"
                " VALUES (:method, :path, :sent, :account, :key, :status, :answer)",
                call,
            )
            if done.lastrowid and done.lastrowid % 1000 == 0:
                self.rows.execute(
                    "DELETE FROM calls WHERE seq <= ?", (done.lastrowid - MOST_CALLS,)
                )

    def calls(self) -> list[dict[str, Any]]:
        """List the calls kept, oldest first."""
        names = ("seq", "method", "path", "sent", "account", "key", "status", "answer")
        with self.lock:
            rows = self.rows.execute(
                f"SELECT {', '.join(names)} FROM calls ORDER BY seq"  # noqa: S608 - own names
            ).fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def clear(self) -> None:
        """Forget everything but the number of starts."""
        with self.transaction():
            for table in ("objects", "answers", "timers", "deliveries", "calls"):
                self.rows.execute(f"DELETE FROM {table}")  # noqa: S608 - own names
            self.rows.execute("DELETE FROM facts WHERE name <> 'starts'")
