"""What tests of payments share: a purpose that notes what it hears."""

from __future__ import annotations

import pytest

from tests.payment_desk import desk

__all__ = ["desk"]


@pytest.fixture(autouse=True)
def own_purpose(desk):
    """No test asks the domain of bookings."""
