"""Runs migrations against the database of the settings, or one that a caller hands over."""

from __future__ import annotations

from alembic import context
from sqlalchemy import create_engine

from config import Settings
from marketplace.tables import load
from marketplace.web.embedded import alchemy_address

MODEL = load()


def run() -> None:
    """Upgrade inside one transaction."""
    address = context.config.attributes.get("address") or Settings.from_env().database_url
    engine = create_engine(alchemy_address(address or ""))
    with engine.begin() as connection:
        context.configure(connection=connection, target_metadata=MODEL.metadata)
        connection.exec_driver_sql("SET lock_timeout = '5s'")
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
