"""Sends made files: as attachments, kept by nobody else, with names in any script."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import send_file

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def download(content: bytes, media_type: str, name: str) -> ResponseReturnValue:
    """Send bytes as a file; Chinese names are encoded as RFC 6266 asks, for headers are Latin."""
    response = send_file(
        io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
