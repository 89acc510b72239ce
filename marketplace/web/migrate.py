"""Brings a database up to the present migrations."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def upgrade(address: str) -> None:
    """Run what is missing; the address is an SQLAlchemy or libpq one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["address"] = address
    command.upgrade(config, "head")
