"""What the page tests of managers share."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from marketplace.accounts.models import User
from marketplace.core.actor import PlatformRole
from marketplace.organizations.models import Organization
from marketplace.web.clock import now

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HOSTILE = "<script>alert(1)</script>'\"&{{7*7}}"


@pytest.fixture
def scan():
    """Give a file as a browser sends it; each call is a new one."""
    return lambda: (io.BytesIO(PDF), "证书.pdf")


@pytest.fixture
def profile(make):
    return make.manager()


@pytest.fixture
def manager(session, profile):
    return session.get_one(User, profile.person_id)


@pytest.fixture
def reviewer(make):
    return make.platform_user(PlatformRole.REVIEWER)


@pytest.fixture
def need(make):
    return make.need()


@pytest.fixture
def buyer(session, make, need):
    return make.member(session.get_one(Organization, need.organization_id))


@pytest.fixture
def terms(need):
    """Give the form of a mandate about the need."""
    today = now().date()

    def typed(**values):
        return {
            "records": f"need:{need.id}",
            "starts_on": today.isoformat(),
            "ends_on": (today + timedelta(days=300)).isoformat(),
            "tail_days": "180",
            "success_fee": "7.5",
            "floor": "1",
            "cap": "50",
            "payer": "shared",
            "note": "每月报告一次。",
        } | values

    return typed
