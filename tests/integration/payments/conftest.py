"""What tests of payments share: a purpose that notes what it hears."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from marketplace.ledger import queries as books
from marketplace.ledger.services import seal_pending
from tests.payment_desk import desk
from tests.payment_world import bought, simulator, world

__all__ = ["bought", "desk", "simulator", "world"]


@pytest.fixture(autouse=True)
def own_purpose(desk):
    """No test asks the domain of bookings."""


@pytest.fixture(autouse=True)
def books_hold(session):
    """After every test the books are sealed, sum to zero and hold."""
    yield
    seal_pending(session)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert sum(books.balances(session).values()) == 0
    assert list(books.verify(session)) == []
