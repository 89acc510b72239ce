"""Commands of the product, run as ``flask NAME``; each domain brings its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace import domains

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Bind every domain's commands."""
    for module in domains.parts("commands"):
        for command in module.COMMANDS:
            app.cli.add_command(command)
