"""What tests of managers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.files.store import Upload
from marketplace.managers import services
from marketplace.managers.models import ManagerLevel
from marketplace.managers.services.register import ManagerDraft
from marketplace.organizations.models import Organization
from tests.register import NOON, PAPER

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


@pytest.fixture
def profile(make):
    return make.manager()


@pytest.fixture
def manager(make, profile):
    return make.manager_actor(profile)


@pytest.fixture
def need(make):
    return make.need()


@pytest.fixture
def client_actor(make, need):
    return make.member_of(make.session.get_one(Organization, need.organization_id))


@pytest.fixture
def agency(make):
    return make.organization()


@pytest.fixture
def actor(make, agency):
    return make.member_of(agency)


@pytest.fixture
def draft(agency):
    return ManagerDraft(
        organization_id=agency.id,
        level=ManagerLevel.SENIOR,
        name="郑经理",
        field_codes=("0817",),
        languages=("zh", "en"),
    )


@pytest.fixture
def applied(session, actor, draft, scan):
    return services.apply(
        session, actor=actor, draft=draft, credential=PAPER, upload=scan, now=NOON
    )
