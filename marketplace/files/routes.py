"""Handing files out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, send_file

from marketplace.core.errors import NotFound
from marketplace.files.forms import store
from marketplace.files.models import Visibility
from marketplace.files.queries import get_attachment
from marketplace.web.access import current_actor, public
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

bp = Blueprint("files", __name__)


@bp.get("/files/<uuid:attachment_id>")
@public
def download(attachment_id: UUID) -> ResponseReturnValue:
    """Send a file that this actor may open, always as a download and never as a page."""
    attachment = get_attachment(db.session, attachment_id, actor=current_actor())
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
