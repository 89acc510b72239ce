"""A day of payments with fees, refunds and disputes, compared with the provider to the fen."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from marketplace.bench.importing import scratch_database
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.payments import queries, services
from marketplace.payments.gateway.protocol import SessionOrder
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.models import Payment, PaymentState, Purpose, StripeCall
from marketplace.payments.running import calls, checkout, reconcile, sync
from marketplace.payments.running.desk import Desk
from marketplace.web.clock import now
from tests.factories import Make
from tests.figures import LONG, note
from tests.payment_world import ADDRESSES
from tests.simulator.running import launch

#: One client: each new one reads all certificates.
WEB = httpx.Client(timeout=60, trust_env=False)
COUNT = 10_000 if LONG else 40
THREADS = 4


@pytest.fixture
def engine(database_url):
    with scratch_database(database_url) as scratch:
        engine = create_engine(scratch.url, pool_size=THREADS, max_overflow=2)
        yield engine
        engine.dispose()


@pytest.fixture
def provider():
    running = launch("--seed", "9")
    running.control("/settings", settle_days=0)
    yield running
    running.stop()


def test_leaves_no_fen_unexplained(engine, provider, desk):
    """Three in ten are given back in part, one in ten wholly, one in ten is disputed."""
    gateway = StripeGateway(key="sk_test_1", webhook_secret="whsec_1", base=provider.base)
    counter = Desk(engine, gateway, now)
    with Session(engine) as session, session.begin():
        make = Make(session)
        payer, payee = make.organization().id, make.organization().id

    def one(number):
        rng = random.Random(number)  # noqa: S311 — no secret
        payment_id = _paid(counter, payer, payee, rng)
        chance = rng.random()
        if chance < 0.4:
            _given_back(counter, payment_id, wholly=chance < 0.1, rng=rng)
        elif chance < 0.5:
            _disputed(counter, payment_id, won=rng.random() < 0.5)

    begun = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(COUNT)))
    made = time.monotonic()
    day = (now() + timedelta(hours=8)).date()
    result = reconcile.reconcile(counter, day, until=now() + timedelta(minutes=5))
    compared = time.monotonic()
    assert (result.unexplained_minor, result.differences) == (0, [])
    assert result.entries >= COUNT
    with Session(engine) as session:
        assert list(books.verify(session)) == []
        assert result.net_minor == books.balance(session, Account.STRIPE_CLEARING)
        states = set(session.scalars(select(Payment.state).distinct()))
    if LONG:
        assert states == {
            PaymentState.CAPTURED,
            PaymentState.PARTIALLY_REFUNDED,
            PaymentState.REFUNDED,
            PaymentState.LOST,
        }
    note(
        payments=COUNT,
        movements=result.entries,
        unexplained_fen=result.unexplained_minor,
        seconds_of_payments=round(made - begun, 1),
        seconds_of_comparison=round(compared - made, 1),
    )


def _paid(counter: Desk, payer, payee, rng) -> object:
    amount = rng.randint(10_000, 900_000)
    with counter.step() as session:
        payment_id = services.request(
            session,
            actor=None,
            purpose=Purpose.BOOKING,
            purpose_id=uuid4(),
            payer_id=payer,
            payee_id=payee,
            amount_minor=amount,
            title="中试线",
            now=now(),
        ).id
    # The page is made and paid without our own steps between: only what remains is compared.
    order = SessionOrder(
        payment=str(payment_id),
        session_no=1,
        title="中试线",
        amount_minor=amount,
        currency="CNY",
        methods=checkout.ONLINE,
        hold=False,
        language="zh",
        success_url=ADDRESSES.success_url,
        cancel_url=ADDRESSES.cancel_url,
        expires_at=int(now().timestamp()) + 3600,
    )
    page = counter.gateway.open_session(order, key=f"{payment_id}:1").id
    method = rng.choice(["card", "card", "alipay", "wechat_pay"])
    intent = _control(counter, f"sessions/{page}/complete", method=method)["payment_intent"]
    told = sync.Snapshot(intent=counter.gateway.intent(intent))
    with counter.step() as session:
        payment = queries.lock_payment(session, payment_id)
        payment.session_id = page
        sync.apply(session, payment, told, now())
    return payment_id


def _given_back(counter: Desk, payment_id, *, wholly: bool, rng) -> None:
    with counter.step() as session:
        payment = session.get_one(Payment, payment_id)
        amount = payment.captured_minor if wholly else rng.randint(1, payment.captured_minor - 1)
        order = services.refund(
            session,
            actor=None,
            payment_id=payment_id,
            amount_minor=amount,
            reason="取消",
            now=now(),
        )
        call_id = session.scalar(select(StripeCall.id).where(StripeCall.refund_id == order.id))
    calls.carry_out(counter, call_id)
    sync.sync_payment(counter, payment_id)


def _disputed(counter: Desk, payment_id, *, won: bool) -> None:
    with Session(counter.bind) as session:
        payment = session.get_one(Payment, payment_id)
        if payment.method.value != "card":
            return
        charge = payment.charge_id
    dispute = _control(counter, "disputes", charge=charge)
    sync.sync_payment(counter, payment_id)
    _control(counter, f"disputes/{dispute['id']}/close", status="won" if won else "lost")
    sync.sync_payment(counter, payment_id)


def _control(counter: Desk, path: str, **body: object) -> dict:
    answer = WEB.post(f"{counter.gateway.origins[0]}/_control/{path}", json=body)
    answer.raise_for_status()
    return answer.json()
