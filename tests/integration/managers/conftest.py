"""What tests of managers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.files.store import Upload

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@pytest.fixture
def scan():
    return Upload(name="证书.pdf", media_type="application/pdf", size_bytes=900, sha256="ab" * 32)


@pytest.fixture
def audited(session: Session):
    """Give the actions noted in this transaction about a row."""

    def of(row):
        return [
            entry["action"]
            for entry in session.info.get("audit.pending", [])
            if entry["object_id"] == row.id
        ]

    return of
