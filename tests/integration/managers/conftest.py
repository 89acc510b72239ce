"""What tests of managers share."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from marketplace.files.store import Upload


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
