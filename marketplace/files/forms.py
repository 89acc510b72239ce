"""The file field, and what becomes of a sent file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage

from marketplace.files.kinds import ACCEPTED
from marketplace.files.scanning import ClamAv
from marketplace.files.store import Store
from marketplace.web.extensions import settings

if TYPE_CHECKING:
    from marketplace.files.store import Upload


def file_field(label: str, description: str = "") -> FileField:
    """Make a field for one file of the kinds that are taken."""
    return FileField(label, description=description, render_kw={"accept": ACCEPTED})


def store() -> Store:
    """Give the store of the running application."""
    own = settings()
    scanner = ClamAv(own.clamav_address).require_clean if own.clamav_address else None
    return Store(own.files_folder, own.upload_limit_bytes, scanner)


def taken(field: FileField) -> Upload | None:
    """Judge and keep the sent file; None when none was sent. Raises FileRefused."""
    sent = field.data
    if not isinstance(sent, FileStorage) or not sent.filename:
        return None
    return store().take(sent.stream, sent.filename)
