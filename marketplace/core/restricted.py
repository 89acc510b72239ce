"""The database role of the application: it may add to the books and the trail, never change them.

The role can't sign in. Whoever signs in for the application takes it on with ``SET ROLE``; the
owner of the tables keeps all rights and is used for migrations only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ROLE = "hanqiao_app"

#: Roles belong to the whole server: another database of it, or its keeper, may have made this one.
_CREATE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE NOTICE 'the role {role} must be made by the keeper of the server';
    WHEN duplicate_object OR unique_violation THEN
        NULL;
END $$
"""

_GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
        GRANT USAGE ON SCHEMA public TO {role};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public
            GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
        REVOKE UPDATE, DELETE, TRUNCATE ON {tables} FROM {role};
    END IF;
END $$
"""

_JOIN = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') THEN
        GRANT {role} TO CURRENT_USER;
    END IF;
EXCEPTION WHEN insufficient_privilege OR invalid_grant_operation THEN
    RAISE NOTICE 'let the keeper of the server grant {role} to this user';
END $$
"""


def statements(append_only: Iterable[str]) -> tuple[str, ...]:
    """Give the statements that make the role and say what it may do with which table."""
    tables = ", ".join(sorted(append_only))
    return tuple(part.format(role=ROLE, tables=tables) for part in (_CREATE, _GRANT, _JOIN))
