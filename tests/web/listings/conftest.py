"""What tests of listings' pages share: an owner, and an author signed in for it."""

from __future__ import annotations

import pytest

from marketplace.core.actor import MemberRole


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def user(make, owner):
    return make.member(owner, MemberRole.EDITOR)


@pytest.fixture
def author(client, user):
    return client.sign_in(user)
