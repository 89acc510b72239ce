"""Binds the outbox page, in development alone: anybody may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.mail.outbox import bp

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Show the outbox where no real mail is sent."""
    if app.extensions["hanqiao.settings"].is_development:
        app.register_blueprint(bp)
