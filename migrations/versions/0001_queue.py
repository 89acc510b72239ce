"""The job queue's own tables, and the function that keeps some tables append-only."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME; END $$;
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS btree_gist")
    # A prepared statement holds one command only; without parameters the driver sends a script.
    with connection.connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema().encode())
        cursor.execute(REFUSE_CHANGE.encode())
