"""Handing files out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, send_file

from marketplace.core.errors import NotFound
from marketplace.files import services
from marketplace.files.forms import store
from marketplace.files.models import Visibility
from marketplace.files.permissions import is_logged
from marketplace.files.queries import get_attachment
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from flask.typing import ResponseReturnValue

    from marketplace.files.models import Attachment

bp = Blueprint("files", __name__)


@bp.get("/files/<uuid:attachment_id>")
@public
def download(attachment_id: UUID) -> ResponseReturnValue:
    """Send a file that this actor may open, always as a download and never as a page.

    Somebody else's confidential file is opened by a button, for opening it is written down.
    """
    attachment = get_attachment(db.session, attachment_id, actor=current_actor())
    if is_logged(current_actor(), attachment):
        return render_template("files/confidential.html", attachment=attachment)
    return sent(attachment)


@bp.post("/files/<uuid:attachment_id>/open")
def open_confidential(attachment_id: UUID) -> ResponseReturnValue:
    """Send a confidential file and write down who opened it."""
    attachment = services.open_confidential(
        db.session, current_actor(), attachment_id=attachment_id, now=now()
    )
    return sent(attachment)


def sent(attachment: Attachment) -> Response:
    """Give a file as a download; the caller has judged who may have it."""
    path = store().path(attachment.sha256)
    if not path.is_file():
        raise NotFound
    response = send_file(
        path,
        mimetype=attachment.media_type,
        as_attachment=True,
        download_name=attachment.name,
        etag=attachment.sha256,
        conditional=True,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    public_file = attachment.visibility is Visibility.PUBLIC and current_actor().is_visitor
    response.headers["Cache-Control"] = "public, max-age=60" if public_file else "private, no-store"
    return response
