"""Binds listings to what lies beside them: files follow the listing they hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.files import permissions as file_permissions
from marketplace.listings import desk, queries
from marketplace.web import panels

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Say who sees a listing's files, and put listings on the desk."""
    panels.fill("desk", desk.panel)
    file_permissions.register(queries.ATTACHED_TO, queries.is_shown_to)
