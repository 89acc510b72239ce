"""Looks whether a pooled connection still lives without asking the server.

A server that ends leaves the end of the stream in the socket, which a look costs nothing to find;
a round trip before every request would. What dies silently in between, a cable, is found by the
request itself, as it would be right after a round trip.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

from psycopg import OperationalError
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError

if TYPE_CHECKING:
    from psycopg import Connection
    from sqlalchemy import Engine
    from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

#: Reads after which a connection that still has something to say is given up.
_MOST_WORDS = 8


def lives(connection: Connection) -> bool:
    """Whether nothing says that the connection has ended."""
    if connection.closed:
        return False
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    # An idle connection that has something to say: a notice, or words of farewell and its end.
    for _ in range(_MOST_WORDS):
        if not look.poll(0):
            return True
        try:
            connection.pgconn.consume_input()
        except OperationalError:
            return False
    return False


def watch(engine: Engine) -> None:
    """Replace a dead connection, and all older ones, when it is taken from the engine's pool."""

    @event.listens_for(engine, "checkout")
    def _look(
        connection: Connection, _entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
    ) -> None:
        if not lives(connection):
            message = "the server has ended this connection"
            raise DisconnectionError(message)
