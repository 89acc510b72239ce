"""A process killed at any named place loses nothing and repeats nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.orm import Session

from marketplace.ledger import queries as books
from marketplace.payments import services
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.models import Payment, PaymentState, Purpose, StripeCall
from marketplace.payments.running import checkout, sweep
from marketplace.payments.running.desk import Desk
from marketplace.web.clock import now
from marketplace.web.migrate import upgrade
from tests.factories import Make
from tests.payment_world import ADDRESSES

ROOT = Path(__file__).parents[3]
LONG = os.environ.get("HANQIAO_SOAK") == "1"


@pytest.fixture(scope="module")
def address(database_url):
    """A migrated database beside the tests' own, dropped afterwards."""
    keeper = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.execute(text("CREATE DATABASE payment_kills"))
    found = make_url(database_url).set(database="payment_kills")
    upgrade(found.render_as_string(hide_password=False))
    yield found.render_as_string(hide_password=False)
    with keeper.connect() as connection:
        connection.execute(text("DROP DATABASE payment_kills WITH (FORCE)"))
    keeper.dispose()


@pytest.fixture
def later(address, simulator):
    """A desk a few minutes later, when abandoned work is looked after."""
    engine = create_engine(address)
    gateway = StripeGateway(key="sk_test_1", webhook_secret="whsec_1", base=simulator.world.base)
    yield Desk(engine, gateway, lambda: now() + timedelta(minutes=6))
    engine.dispose()


def paid_at_provider(later, simulator):
    """Make a payment whose buyer has paid on the provider's page; nobody has looked yet."""
    with later.step() as session:
        make = Make(session)
        payer, payee = make.organization(), make.organization()
        actor = make.member_of(payer)
        payment_id = services.request(
            session,
            actor=None,
            purpose=Purpose.BOOKING,
            purpose_id=uuid4(),
            payer_id=payer.id,
            payee_id=payee.id,
            amount_minor=50_000,
            title="中试线",
            now=now(),
        ).id
    checkout.open_page(
        Desk(later.bind, later.gateway, now), payment_id, actor=actor, addresses=ADDRESSES
    )
    with Session(later.bind) as session:
        page = session.get_one(Payment, payment_id).session_id
    base = simulator.world.base
    httpx.post(f"{base}/_control/sessions/{page}/complete", json={}).raise_for_status()
    return payment_id


def run_victim(address, simulator, deed, one, failpoint):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.integration.payments.victim",
            address,
            simulator.world.base,
            deed,
            str(one),
        ],
        cwd=ROOT,
        env={**os.environ, "HANQIAO_FAILPOINTS": failpoint},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


PLACES = [
    "after_stripe_call=kill",
    "after_lock=kill",
    "before_commit=kill@2",
    "after_commit=kill@2",
]


@pytest.mark.parametrize("place", PLACES * (25 if LONG else 1))
def test_while_receiving(address, simulator, later, place):
    payment_id = paid_at_provider(later, simulator)
    run_victim(address, simulator, "sync", payment_id, place)
    sweep.sweep(later)
    with Session(later.bind) as session:
        payment = session.get_one(Payment, payment_id)
        assert (payment.state, payment.captured_minor) == (PaymentState.CAPTURED, 50_000)
        assert len(books.list_about(session, "payment", payment_id)) == 2
        assert list(books.verify(session)) == []


@pytest.mark.parametrize(
    "place",
    ["after_stripe_call=kill", "before_commit=kill", "before_commit=kill@2", "after_commit=kill"]
    * (25 if LONG else 1),
)
def test_while_refunding(address, simulator, later, place):
    payment_id = paid_at_provider(later, simulator)
    sweep.sweep(later)
    with later.step() as session:
        services.refund(
            session, actor=None, payment_id=payment_id, amount_minor=20_000, reason="x", now=now()
        )
        call_id = session.scalar(
            select(StripeCall.id)
            .where(StripeCall.refund_id.is_not(None))
            .order_by(StripeCall.prepared_at.desc())
        )
    run_victim(address, simulator, "call", call_id, place)
    sweep.sweep(later)
    with Session(later.bind) as session:
        payment = session.get_one(Payment, payment_id)
        assert payment.state is PaymentState.PARTIALLY_REFUNDED
        told = later.gateway.refunds(payment.intent_id)
        assert [one.amount_minor for one in told] == [20_000]
        assert list(books.verify(session)) == []
