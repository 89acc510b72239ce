"""What tests of facilities share: an operator, and who writes for it."""

from __future__ import annotations

import pytest

from marketplace.core.actor import MemberRole


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def staff(make, owner):
    return make.member_of(owner, MemberRole.OPERATOR_STAFF)
