"""Lets every connection of the application take on its restricted role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql
from sqlalchemy import event

from marketplace.web.extensions import db, settings

if TYPE_CHECKING:
    from flask import Flask
    from psycopg import Connection
    from sqlalchemy import Engine
    from sqlalchemy.pool import ConnectionPoolEntry


class RoleMissing(Exception):
    """The role that the settings name does not exist, or this user may not take it on."""


def take_role(connection: Connection, role: str, *, required: bool) -> bool:
    """Take the role on when there is one; give whether it was taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(rolname, 'MEMBER')", (role,)
        )
        present = cursor.fetchone() is not None
        if present:
            cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
    connection.commit()
    if required and not present:
        message = f"DATABASE_ROLE names {role!r}, which is missing or not granted to this user"
        raise RoleMissing(message)
    return present


def restrict(engine: Engine, role: str, *, required: bool) -> None:
    """Let each new connection of the engine take the role on."""

    @event.listens_for(engine, "connect")
    def _take(connection: Connection, _record: ConnectionPoolEntry) -> None:
        take_role(connection, role, required=required)


def install(app: Flask) -> None:
    """Restrict the application's engine, as the settings say."""
    with app.app_context():
        own = settings()
        restrict(db.engine, own.database_role, required=own.database_role_required)
