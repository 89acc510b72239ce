"""A university and a company that negotiate, and the people who sign in for them."""

from __future__ import annotations

import pytest

from marketplace.core.actor import MemberRole
from marketplace.deals.models import DealStage


@pytest.fixture
def university(make):
    return make.university(name="武汉示范大学")


@pytest.fixture
def company(make):
    return make.organization(name="武汉示范科技有限公司")


@pytest.fixture
def officer(make, university):
    return make.member(university, MemberRole.TTO_OFFICER, name="周转")


@pytest.fixture
def buyer(make, company):
    return make.member(company, name="赵买")


@pytest.fixture
def broker(make):
    return make.user(name="孙介")


@pytest.fixture
def deal(make, university, company, broker):
    return make.deal_at(licensor=university, licensee=company, manager=broker)


@pytest.fixture
def agreed_deal(make, university, company, broker):
    """A deal whose terms are agreed and that waits for approval and notice."""
    deal = make.deal_at(DealStage.NOTICE, licensor=university, licensee=company, manager=broker)
    make.agreement(deal)
    return deal
