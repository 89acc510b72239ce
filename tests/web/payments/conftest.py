"""What tests of payment pages share: two sides, a purpose that notes, a simulator."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core.actor import PlatformRole
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.web.clock import now
from tests.payment_desk import desk
from tests.payment_world import simulator

__all__ = ["desk", "simulator"]

SECRET = "whsec_tests"


@pytest.fixture(autouse=True)
def own_purpose(desk):
    """No test asks the domain of bookings."""


@pytest.fixture
def online(app, simulator):
    """The application connected to the simulator."""
    gateway = StripeGateway(key="sk_test_1", webhook_secret=SECRET, base=simulator.world.base)
    parts = app.extensions["hanqiao.parts"]
    parts.gateway = gateway
    yield gateway
    parts.gateway = None


@pytest.fixture
def sides(make):
    """Payer, payee, and a payment between them."""
    payer, payee = make.organization(), make.organization()
    payment = make.payment(
        payer=payer, payee=payee, requested_at=now(), expires_at=now() + timedelta(hours=1)
    )
    return payer, payee, payment


@pytest.fixture
def administrators(make):
    return [make.platform_user(PlatformRole.ADMINISTRATOR) for _ in range(2)]
