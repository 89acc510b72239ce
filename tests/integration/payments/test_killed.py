"""A process killed at any named place loses nothing and repeats nothing."""

from __future__ import annotations

import os
import signal
import threading
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.orm import Session

from marketplace import worker
from marketplace.core import failpoints
from marketplace.ledger import queries as books
from marketplace.payments import services
from marketplace.payments.gateway.protocol import Event
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.models import Payment, PaymentState, Purpose, StripeCall
from marketplace.payments.running import calls, checkout, inbox, sweep, sync
from marketplace.payments.running.desk import Desk
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.migrate import upgrade
from tests.factories import Make
from tests.figures import LONG, note
from tests.payment_world import ADDRESSES

#: How often a process is killed at each place.
TIMES = 25 if LONG else 1


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


def requested(later):
    """A payment that somebody may make; its id and the payer."""
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
    return payment_id, actor


def paid_at_provider(later, simulator):
    """Make a payment whose buyer has paid on the provider's page; nobody has looked yet."""
    payment_id, actor = requested(later)
    desk = Desk(later.bind, later.gateway, now)
    checkout.open_page(desk, payment_id, actor=actor, addresses=ADDRESSES)
    with Session(later.bind) as session:
        page = session.get_one(Payment, payment_id).session_id
    base = simulator.world.base
    httpx.post(f"{base}/_control/sessions/{page}/complete", json={}).raise_for_status()
    return payment_id


def kill_in(deed, place):
    """Do a piece of work in a process of its own that is killed at a place."""
    child = os.fork()
    if child == 0:
        failpoints.arm(place)
        try:
            deed()
        finally:
            os._exit(1)
    for _ in range(600):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        threading.Event().wait(0.05)
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        pytest.fail(f"the process never came to {place}")
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    note(kills=1)


def victims_desk(address, simulator):
    gateway = StripeGateway(key="sk_test_1", webhook_secret="whsec_1", base=simulator.world.base)
    return Desk(create_engine(address), gateway, now)


def require_received(later, payment_id):
    """The payment came once, the books say so once, and nothing is left open."""
    sweep.sweep(later)
    with Session(later.bind) as session:
        payment = session.get_one(Payment, payment_id)
        assert (payment.state, payment.captured_minor) == (PaymentState.CAPTURED, 50_000)
        assert len(books.list_about(session, "payment", payment_id)) == 2
        assert list(books.verify(session)) == []


@pytest.mark.parametrize(
    "place",
    [
        "after_stripe_call=kill",
        "after_lock=kill",
        "before_commit=kill@2",
        "after_commit=kill@2",
    ],
)
def test_while_receiving(address, simulator, later, place):
    for _ in range(TIMES):
        payment_id = paid_at_provider(later, simulator)
        kill_in(
            lambda one=payment_id: sync.sync_payment(victims_desk(address, simulator), one), place
        )
        require_received(later, payment_id)


@pytest.mark.parametrize(
    "place",
    ["before_commit=kill", "after_stripe_call=kill", "after_lock=kill", "after_commit=kill@3"],
)
def test_while_an_event_is_worked_on(address, simulator, later, place):
    for _ in range(TIMES):
        payment_id = paid_at_provider(later, simulator)
        with later.step() as session:
            intent = later.gateway.session(session.get_one(Payment, payment_id).session_id)
            told = Event(
                id=f"evt_{uuid4().hex}",
                type="payment_intent.succeeded",
                made_at=now(),
                object={"id": intent.intent_id, "metadata": {"payment": str(payment_id)}},
            )
            inbox.store(session, told, now=now())
        kill_in(lambda told=told: inbox.work_on(victims_desk(address, simulator), told.id), place)
        inbox.work_on(later, told.id)
        require_received(later, payment_id)


def test_after_a_job_before_the_queue_knows(app, address, simulator, later):
    """The job is done a second time and changes nothing."""
    for _ in range(TIMES):
        payment_id = paid_at_provider(later, simulator)

        def job(payment_id=payment_id):
            desk = victims_desk(address, simulator)
            db.sessionmaker.configure(bind=desk.bind)
            app.extensions["hanqiao.parts"].gateway = desk.gateway
            worker.run(app, "hearer:payments.sync", {"payment_id": str(payment_id)})

        kill_in(job, "after_outbox_send=kill")
        sync.sync_payment(later, payment_id)
        require_received(later, payment_id)


@pytest.mark.parametrize(
    "place",
    ["after_stripe_call=kill", "before_commit=kill", "before_commit=kill@2", "after_commit=kill"],
)
def test_while_refunding(address, simulator, later, place):
    for _ in range(TIMES):
        payment_id = paid_at_provider(later, simulator)
        sweep.sweep(later)
        with later.step() as session:
            order = services.refund(
                session,
                actor=None,
                payment_id=payment_id,
                amount_minor=20_000,
                reason="x",
                now=now(),
            )
            call_id = session.scalar(select(StripeCall.id).where(StripeCall.refund_id == order.id))
        kill_in(lambda one=call_id: calls.carry_out(victims_desk(address, simulator), one), place)
        sweep.sweep(later)
        with Session(later.bind) as session:
            payment = session.get_one(Payment, payment_id)
            assert payment.state is PaymentState.PARTIALLY_REFUNDED
            told = later.gateway.refunds(payment.intent_id)
            assert [one.amount_minor for one in told] == [20_000]
            assert list(books.verify(session)) == []


@pytest.mark.parametrize(
    "place",
    [
        "before_commit=kill@2",
        "after_stripe_call=kill",
        "before_commit=kill@3",
        "after_commit=kill@3",
    ],
)
def test_while_the_payment_page_is_opened(address, simulator, later, place):
    for _ in range(TIMES):
        payment_id, actor = requested(later)
        kill_in(
            lambda one=payment_id, actor=actor: checkout.open_page(
                victims_desk(address, simulator), one, actor=actor, addresses=ADDRESSES
            ),
            place,
        )
        sweep.sweep(later)
        desk = Desk(later.bind, later.gateway, lambda: now() + timedelta(minutes=2))
        url = checkout.open_page(desk, payment_id, actor=actor, addresses=ADDRESSES)
        pages = [
            one
            for one in httpx.get(
                f"{simulator.world.base}/_control/objects/checkout.session", timeout=60
            ).json()
            if one["metadata"].get("payment") == str(payment_id)
        ]
        assert [one["url"] for one in pages] == [url]
