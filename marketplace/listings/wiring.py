"""Binds listings to what lies beside them: files follow the listing they hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.files import permissions as file_permissions
from marketplace.listings import queries

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Say who sees a listing's files."""
    file_permissions.register(queries.ATTACHED_TO, queries.is_shown_to)
