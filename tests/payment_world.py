"""A simulator of the payment provider, the desk that talks to it, and a hand on both."""

from __future__ import annotations

import threading
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from devtools.stripe_simulator.server import Simulator
from marketplace.payments import services
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.models import (
    StripeCall,
)
from marketplace.payments.running import calls, checkout, sync
from marketplace.payments.running.desk import Desk
from marketplace.web.clock import now

ADDRESSES = checkout.Addresses(
    success_url="http://localhost/back", cancel_url="http://localhost/pay", language="zh"
)


class World:
    """A simulator, the desk that talks to it, and a hand on both."""

    def __init__(self, simulator, session):
        self.base = simulator.world.base
        self.simulator = simulator
        self.session = session
        self.http = httpx.Client(base_url=self.base, timeout=10)
        self.gateway = StripeGateway(key="sk_test_1", webhook_secret="whsec_1", base=self.base)
        self.ahead = timedelta(0)
        self.desk = Desk(session.connection(), self.gateway, lambda: now() + self.ahead)

    def control(self, path, /, **body):
        answer = self.http.post(f"/_control/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def settle(self):
        self.session.commit()
        self.session.expire_all()

    def run_calls(self):
        """Make what was written down, as the jobs do."""
        self.settle()
        for call_id in self.session.scalars(select(StripeCall.id).where(calls.is_unfinished())):
            calls.carry_out(self.desk, call_id)
        self.settle()

    def sync(self, payment):
        self.settle()
        sync.sync_payment(self.desk, payment.id)
        self.settle()
        return payment.state

    def open(self, payment, actor):
        self.settle()
        url = checkout.open_page(self.desk, payment.id, actor=actor, addresses=ADDRESSES)
        self.settle()
        return url

    def pay(self, payment, **how):
        return self.control(f"sessions/{payment.session_id}/complete", **how)


@pytest.fixture(scope="module")
def simulator():
    simulator = Simulator(0, seed=7)
    thread = threading.Thread(target=simulator.run, daemon=True)
    thread.start()
    yield simulator
    simulator.server.shutdown()
    thread.join()


@pytest.fixture
def world(simulator, session):
    world = World(simulator, session)
    world.control("reset", seed=7, endpoints=False)
    world.control("settings", settle_days=0)
    yield world
    world.http.close()


@pytest.fixture
def bought(world, make, desk):
    """A payment to be made and the payer's actor."""
    payer = make.organization()
    payment = make.payment(payer=payer, requested_at=now(), expires_at=now() + timedelta(hours=1))
    return payment, make.member_of(payer)


def order_refund(world, payment, amount=100_000):
    """Order a refund as services do."""
    return services.refund(
        world.session,
        actor=None,
        payment_id=payment.id,
        amount_minor=amount,
        reason="cancelled in time",
        now=now(),
    )
