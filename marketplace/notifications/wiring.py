"""Counts what the signed-in person has not read, for the frame of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g

from marketplace.notifications.queries import count_unread
from marketplace.web.access import current_actor
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from flask import Flask


def unread() -> int:
    """Count once a request, when a page shows it; an answer without a frame asks nothing."""
    person_id = current_actor().user_id
    if person_id is None:
        return 0
    if "unread" not in g:
        g.unread = count_unread(db.session, person_id=person_id)
    return int(g.unread)


def install(app: Flask) -> None:
    """Let the frame ask."""
    app.jinja_env.globals["unread"] = unread
