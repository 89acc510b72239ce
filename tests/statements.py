"""Counts what is sent to the database, whoever sends it: SQLAlchemy, the queue or the driver."""

from __future__ import annotations

from contextlib import contextmanager
from unittest.mock import patch

import psycopg


@contextmanager
def counted():
    """Give a list that fills with the statements sent meanwhile, over whichever connection."""
    sent = []
    execute = psycopg.Cursor.execute

    def noted(self, query, *args, **kwargs):
        sent.append(str(query))
        return execute(self, query, *args, **kwargs)

    with patch.object(psycopg.Cursor, "execute", noted):
        yield sent
