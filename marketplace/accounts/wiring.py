"""What accounts give to templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.browsers import browser_name

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Let templates name browsers."""
    app.jinja_env.filters["browser"] = browser_name
