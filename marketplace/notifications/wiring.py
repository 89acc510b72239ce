"""Counts what the signed-in person has not read, for the frame of every page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request

from marketplace.notifications.queries import count_unread
from marketplace.web.access import current_actor
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from flask import Flask


def load_unread() -> None:
    """Set ``g.unread``; nothing for visitors, static files and what answers with no page."""
    person_id = current_actor().user_id
    if person_id is None or request.endpoint in (None, "static", "assets.style"):
        return
    g.unread = count_unread(db.session, person_id=person_id)


def install(app: Flask) -> None:
    """Count before each view, after the actor is known."""
    app.before_request(load_unread)
