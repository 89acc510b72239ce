"""Commands of the product, run as ``flask NAME``; each domain brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:  # noqa: ARG001
    """Bind every domain's commands."""
