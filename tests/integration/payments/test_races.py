"""Many at once, with real commits on a database of its own; ``HANQIAO_SOAK=1`` makes it long."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, make_url, select, text, update
from sqlalchemy.orm import Session

from marketplace.core.errors import RuleBroken
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account, Transaction
from marketplace.payments import purposes, queries, services
from marketplace.payments.models import (
    InboxEvent,
    PayeeAccount,
    Payment,
    PaymentState,
    Payout,
    Purpose,
    Refund,
    StripeCall,
)
from marketplace.payments.running import calls, checkout, inbox, sync
from marketplace.payments.running.desk import Desk
from marketplace.payments.services import payouts
from marketplace.web.clock import now
from marketplace.web.migrate import upgrade
from marketplace.web.restricted import restrict
from tests.factories import Make
from tests.fakes import FakeGateway, event
from tests.figures import LONG, SHARD, note


@pytest.fixture(scope="module")
def engine(database_url):
    """A migrated database beside the tests' own, dropped afterwards."""
    keeper = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.execute(text("CREATE DATABASE payment_races"))
    address = make_url(database_url).set(database="payment_races")
    upgrade(address.render_as_string(hide_password=False))
    engine = create_engine(address, pool_size=90, max_overflow=10)
    restrict(engine, "hanqiao_app", required=True)
    yield engine
    engine.dispose()
    with keeper.connect() as connection:
        connection.execute(text("DROP DATABASE payment_races"))
    keeper.dispose()


@dataclass
class Heard:
    """A purpose that counts what it hears, per payment; one slot may be given away on expiry."""

    settled_for: list[object] = field(default_factory=list)
    ended_for: list[object] = field(default_factory=list)
    given_away: set[object] = field(default_factory=set)

    def settled(self, session, payment, _now):
        if payment.purpose_id in self.given_away:
            raise RuleBroken("This slot was just taken.")
        self.settled_for.append(payment.id)

    def ended(self, session, payment, _now):
        self.given_away.add(payment.purpose_id)
        self.ended_for.append(payment.id)


@pytest.fixture
def heard(monkeypatch):
    heard = Heard()
    rules = purposes.Rules(
        may_see=lambda *_: False,
        may_pay=lambda *_: False,
        settled=heard.settled,
        ended=heard.ended,
        return_url=lambda _payment: "/",
    )
    monkeypatch.setitem(purposes._rules, Purpose.BOOKING, rules)
    return heard


@pytest.fixture
def gateway():
    return FakeGateway()


@pytest.fixture
def desk(engine, gateway):
    return Desk(engine, gateway, now)


@pytest.fixture
def opened(engine, gateway):
    """Make payments whose pages are open."""
    session = Session(engine, expire_on_commit=False)

    def make_many(count, **values):
        make = Make(session)
        payer, payee = make.organization(), make.organization()
        found = [
            make.online(payer=payer, payee=payee, purpose_id=uuid4(), requested_at=now(), **values)
            for _ in range(count)
        ]
        session.commit()
        for payment in found:
            gateway.add(payment)
        return found

    yield make_many
    session.close()


def at_once(count, deed):
    """Run a deed in that many threads, all starting at the same moment; give what they gave."""
    barrier = threading.Barrier(count)

    def run(number):
        barrier.wait(timeout=30)
        return deed(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def captures(engine, payments):
    with Session(engine) as session:
        return session.scalar(
            select(func.count())
            .select_from(Transaction)
            .where(Transaction.reference.in_([f"capture:{one.id}" for one in payments]))
        )


@pytest.fixture(autouse=True)
def nothing_is_broken(engine, own_purpose):
    yield
    with Session(engine) as session:
        assert list(books.verify(session)) == []
        assert sum(books.balances(session).values()) == 0


class TestDeliveries:
    def test_eighty_of_one_event_have_one_effect(self, engine, desk, gateway, opened, heard):
        payments = opened(50 if LONG and SHARD == 1 else 4)
        for payment in payments:
            gateway.pay(payment.session_id)
            told = event(payment, 1)

            def deliver(_number, told=told):
                with Session(engine) as session:
                    inbox.store(session, told, now=now())
                    session.commit()
                inbox.work_on(desk, told.id)

            at_once(80, deliver)
        assert captures(engine, payments) == len(payments)
        assert sorted(heard.settled_for) == sorted(one.id for one in payments)
        with Session(engine) as session:
            assert session.scalar(
                select(func.count())
                .select_from(InboxEvent)
                .where(InboxEvent.processed_at.is_not(None))
            ) == len(payments)

    def test_shuffled_and_repeated_ones_lead_to_the_same_end(
        self, engine, desk, gateway, opened, heard
    ):
        rng = random.Random(SHARD)  # noqa: S311 — no secret
        payments = opened(250 if LONG else 20)
        told = []
        for payment in payments:
            gateway.pay(payment.session_id)
            for number in range(10 if LONG else 5):
                told += [event(payment, number)] * rng.randint(1, 5)
        rng.shuffle(told)

        def deliver(one):
            with Session(engine) as session:
                inbox.store(session, one, now=now())
                session.commit()
            inbox.work_on(desk, one.id)

        with ThreadPoolExecutor(80 if LONG else 8) as pool:
            list(pool.map(deliver, told))
        note(events=len({one.id for one in told}), deliveries=len(told), doubled_or_missing=0)
        assert captures(engine, payments) == len(payments)
        assert sorted(heard.settled_for) == sorted(one.id for one in payments)
        with Session(engine) as session:
            states = session.scalars(
                select(Payment.state).where(Payment.id.in_([one.id for one in payments]))
            )
            assert set(states) == {PaymentState.CAPTURED}

    def test_page_inbox_and_sweep_settle_once(self, desk, gateway, opened, heard, engine):
        for payment in opened(50 if LONG else 5):
            gateway.pay(payment.session_id)
            at_once(12, lambda _n, one=payment.id: sync.sync_payment(desk, one))
            assert heard.settled_for.count(payment.id) == 1


class TestRefunds:
    def test_at_once_never_exceed_what_came(self, engine, desk, gateway, opened, heard):
        (payment,) = opened(1)
        gateway.pay(payment.session_id)
        sync.sync_payment(desk, payment.id)

        def give_back(_number):
            with Session(engine) as session:
                try:
                    services.refund(
                        session,
                        actor=None,
                        payment_id=payment.id,
                        amount_minor=10_000,
                        reason="x",
                        now=now(),
                    )
                    session.commit()
                except RuleBroken:
                    return False
                return True

        assert sum(at_once(30, give_back)) == 10
        with Session(engine) as session:
            waiting = list(
                session.scalars(select(StripeCall.id).where(StripeCall.payment_id == payment.id))
            )
        # Each call is carried out by three processes at once.
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda one: calls.carry_out(desk, one), waiting * 3))
        assert len(gateway.refunds(payment.intent_id)) == 10
        with Session(engine) as session:
            assert session.get_one(Payment, payment.id).state is PaymentState.REFUNDED
            assert session.scalar(select(func.count()).where(Refund.payment_id == payment.id)) == 10


class TestExpiryEdge:
    def test_ends_confirmed_or_wholly_refunded(self, engine, desk, gateway, opened, heard):
        """Buyers pay up to two seconds before and after their time runs out, while sweeps run."""
        rng = random.Random(SHARD)  # noqa: S311 — no secret
        count, a_second = (1000, 12) if LONG else (25, 12)
        payments = opened(count)
        begun = now() + timedelta(seconds=3)
        with Session(engine) as session, session.begin():
            for number, payment in enumerate(payments):
                payment.expires_at = begun + timedelta(seconds=number / a_second)
                session.execute(
                    update(Payment)
                    .where(Payment.id == payment.id)
                    .values(expires_at=payment.expires_at)
                )
        plan = sorted(
            (payment.expires_at + timedelta(seconds=rng.uniform(-2, 2)), payment.id, payment)
            for payment in payments
        )
        paid, stopped = {}, threading.Event()

        def pay(moment, payment):
            threading.Event().wait(max(0, (moment - now()).total_seconds()))
            paid[payment.id] = gateway.pay(payment.session_id)
            sync.sync_payment(desk, payment.id)

        def close():
            while not stopped.wait(0.05):
                with Session(engine) as session:
                    overdue = queries.overdue(session, now(), limit=50)
                for one in overdue:
                    checkout.close_payment(desk, one)

        with ThreadPoolExecutor(20) as pool:
            closing = [pool.submit(close) for _ in range(2)]
            paying = [pool.submit(pay, moment, payment) for moment, _id, payment in plan]
            wait(paying)
            stopped.set()
        assert [one.exception() for one in (*paying, *closing) if one.exception()] == []
        for payment in payments:
            sync.sync_payment(desk, payment.id)
            checkout.close_payment(desk, payment.id)
        with Session(engine) as session:
            ids = [one.id for one in payments]
            for payment in session.scalars(select(Payment).where(Payment.id.in_(ids))):
                confirmed = payment.id in heard.settled_for and payment.refunded_minor == 0
                refunded = payment.captured_minor == payment.refunded_minor
                assert confirmed is paid[payment.id] or refunded
                assert (payment.state is PaymentState.EXPIRED) is not paid[payment.id]
                assert not (confirmed and payment.id in heard.ended_for)
        note(at_the_edge=count, paid_in_time=sum(paid.values()), wrong=0)

    def test_money_after_the_slot_was_given_away_goes_back(
        self, engine, desk, gateway, opened, heard
    ):
        (payment,) = opened(1, expires_at=now() - timedelta(seconds=1))
        gateway.sessions[payment.session_id] = gateway.sessions[payment.session_id]
        with Session(engine) as session:
            session.execute(update(Payment).where(Payment.id == payment.id).values(state="expired"))
            session.commit()
        heard.given_away.add(payment.purpose_id)
        gateway.pay(payment.session_id)
        at_once(10, lambda _n: sync.sync_payment(desk, payment.id))
        with Session(engine) as session:
            found = session.get_one(Payment, payment.id)
            assert (found.captured_minor, found.refunded_minor) == (100_000, 100_000)
            assert session.scalar(select(func.count()).where(Refund.payment_id == payment.id)) == 1


class TestPayouts:
    def test_prepared_by_two_at_once_hold_each_sum_once(self, engine, desk, gateway, opened, heard):
        (payment,) = opened(1)
        gateway.pay(payment.session_id)
        sync.sync_payment(desk, payment.id)
        with Session(engine) as session:
            session.add(
                PayeeAccount(
                    organization_id=payment.payee_id,
                    account_name="甲",
                    bank_name="工行",
                    account_number="1",
                )
            )
            services.release(session, payment_id=payment.id, amount_minor=100_000, now=now())
            administrator = Make(session).administrator()
            session.commit()

        def prepare(_number):
            with Session(engine) as session:
                try:
                    payouts.prepare(
                        session, actor=administrator, payee_id=payment.payee_id, now=now()
                    )
                    session.commit()
                except RuleBroken:
                    return 0
                return 1

        assert sum(at_once(10, prepare)) == 1
        with Session(engine) as session:
            assert (
                session.scalar(
                    select(Payout.amount_minor).where(Payout.payee_id == payment.payee_id)
                )
                == 95_000
            )
            assert (
                books.balance(session, Account.PROVIDER_PAYABLE, owner_id=payment.payee_id)
                == -95_000
            )
