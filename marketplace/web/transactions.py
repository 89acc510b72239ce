"""One request, one transaction: the commit sits at the edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request
from sqlalchemy.orm.exc import StaleDataError

from marketplace.core.errors import EditedElsewhere
from marketplace.core.messages import N_
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from flask import Flask, Response

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def keep_changes() -> None:
    """Commit this request even though its answer refuses: a failed sign-in must be counted."""
    g.keep_changes = True


def _commit(response: Response) -> Response:
    """Commit after an unsafe method that went well; everything else leaves no trace."""
    went_well = response.status_code < 400 or g.pop("keep_changes", False)  # noqa: PLR2004 — HTTP's error range
    if request.method not in SAFE and went_well:
        try:
            db.session.commit()
        except StaleDataError as error:
            db.session.rollback()
            raise EditedElsewhere(
                N_("Somebody else saved this in the meantime. Reload to see both versions.")
            ) from error
    return response


def install(app: Flask) -> None:
    """Commit at the end of each request."""

    @app.after_request
    def commit_at_the_edge(response: Response) -> Response:
        try:
            return _commit(response)
        except Exception as error:  # noqa: BLE001 — after_request errors must still become a page
            db.session.rollback()
            return app.make_response(app.handle_user_exception(error))
