"""What the page tests of needs share."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.web.clock import now

HOSTILE = "<script>alert(1)</script>'\"&{{7*7}}"


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def buyer(make, owner):
    return make.member(owner)


@pytest.fixture
def university(make):
    return make.organization(kind="university")


@pytest.fixture
def scientist(make, university):
    return make.member(university)


@pytest.fixture
def need(make, owner):
    return make.need(
        owner,
        criteria=[{"name": "幅度", "weight": 60}, {"name": "成本", "weight": 40}],
        deadline_on=now().date() + timedelta(days=30),
    )


@pytest.fixture
def answer(make, need, university):
    return make.answer(need, university, sent_at=now() - timedelta(hours=1))
