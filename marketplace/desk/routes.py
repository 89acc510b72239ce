"""The desk: every domain puts its part on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("desk", __name__)


@bp.get("/desk")
def index() -> ResponseReturnValue:
    """Show what waits for this person, by role."""
    return render_template("desk/index.html")
