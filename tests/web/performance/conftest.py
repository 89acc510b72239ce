"""What tests of the pages of performance share: a deal, its sides, a page in both languages."""

from __future__ import annotations

import pytest

from tests.clients import words
from tests.performance_pages import person


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def licensor(session, make, deal):
    return person(session, make, deal.licensor_id)


@pytest.fixture
def licensee(session, make, deal):
    return person(session, make, deal.licensee_id)


@pytest.fixture
def pages(client):
    """Both languages of a page, parsed strictly."""

    def look(path: str, status: int = 200) -> tuple[str, str]:
        zh, en = client.get(path), client.get(f"/en{path}")
        assert (zh.status_code, en.status_code) == (status, status)
        return words(zh), words(en)

    return look
