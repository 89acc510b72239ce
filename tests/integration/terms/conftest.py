"""A university and a company that negotiate, with the people on both sides."""

from __future__ import annotations

import pytest

from marketplace.core.actor import MemberRole


@pytest.fixture
def university(make):
    return make.university()


@pytest.fixture
def company(make):
    return make.organization()


@pytest.fixture
def officer(make, university):
    """Who writes for the university and keeps its prices."""
    return make.member_of(university, MemberRole.TTO_OFFICER)


@pytest.fixture
def buyer(make, company):
    return make.member_of(company)


@pytest.fixture
def broker(make):
    """The person who brokers the deal."""
    return make.user()


@pytest.fixture
def manager(make, broker):
    return make.actor(broker)


@pytest.fixture
def deal(make, university, company, broker):
    return make.deal_at(licensor=university, licensee=company, manager=broker)
