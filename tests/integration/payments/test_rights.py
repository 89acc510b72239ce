"""Who sees payments, what errors of the provider mean, and what hearers tell."""

from __future__ import annotations

from uuid import uuid4

import pytest
import stripe
from sqlalchemy import select

from config import Settings
from marketplace.core.actor import MemberRole
from marketplace.core.errors import NotFound
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account, TransactionKind
from marketplace.ledger.services import Line, post
from marketplace.payments import hearers, permissions, queries, services
from marketplace.payments.gateway import provider
from marketplace.payments.gateway.protocol import Busy, OutcomeUnknown, Refused
from marketplace.payments.models import (
    Method,
    Payment,
    PaymentState,
)
from marketplace.payments.running import sync
from marketplace.payments.running.desk import Desk
from marketplace.payments.services import refunds
from marketplace.web.clock import now
from tests.conftest import NOON
from tests.fakes import FakeGateway


class TestWrongPayment:
    def test_of_the_provider_changes_nothing(self, session, make, desk):
        gateway = FakeGateway()
        payment, other = make.online(requested_at=now()), make.online(requested_at=now())
        gateway.add(payment)
        gateway.add(other)
        gateway.pay(other.session_id)
        gateway.sessions[payment.session_id] = gateway.sessions[other.session_id]
        session.commit()
        sync.sync_payment(Desk(session.connection(), gateway, now), payment.id)
        session.expire_all()
        assert session.get(Payment, payment.id).state is PaymentState.SESSION_OPEN


class TestPermissions:
    def test_list_and_page_agree(self, session, make, desk):
        sides = [make.organization() for _ in range(3)]
        payments = [
            make.payment(payer=sides[0], payee=sides[1]),
            make.payment(payer=sides[1], payee=sides[2]),
            make.payment(payer=sides[2], payee=sides[2]),
        ]
        actors = [make.actor(), make.administrator(), make.reviewer()]
        actors += [make.member_of(one, role) for one in sides for role in MemberRole]
        for actor in actors:
            listed = set(session.scalars(select(Payment.id).where(permissions.visible_to(actor))))
            seen = {one.id for one in payments if permissions.may_see(session, actor, one)}
            assert listed == seen

    def test_a_purpose_adds_people(self, session, make):
        from marketplace.payments import purposes

        payment = make.payment()
        rules = purposes.rules_of(payment.purpose)
        actor = make.actor()
        with pytest.MonkeyPatch.context() as patch:
            added = purposes.Rules(
                may_see=lambda *_: True,
                may_pay=lambda *_: True,
                settled=rules.settled,
                ended=rules.ended,
                return_url=rules.return_url,
            )
            patch.setitem(purposes._rules, payment.purpose, added)
            assert queries.get_payment(session, payment.id, actor=actor)
            assert permissions.may_pay(session, actor, payment)
        with pytest.raises(NotFound):
            queries.get_payment(session, payment.id, actor=actor)


class TestProvider:
    def test_is_opened_by_its_key(self, tmp_path):
        settings = Settings.for_tests(home=tmp_path, database_url="x")
        assert provider.open_gateway(settings) is None
        live = Settings.for_tests(
            home=tmp_path,
            database_url="x",
            stripe_api_key=f"{provider.LIVE_KEYS[0]}1",
            stripe_webhook_secret="w",
        )
        gateway = provider.open_gateway(live)
        assert not gateway.is_test
        assert gateway.origins == provider.STRIPE_PAGES

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (stripe.RateLimitError("x"), Busy),
            (stripe.IdempotencyError("x", http_status=400), Refused),
            (stripe.IdempotencyError("x", http_status=409), OutcomeUnknown),
            (stripe.IdempotencyError("x", code="idempotency_key_in_use"), OutcomeUnknown),
            (stripe.APIConnectionError("x"), OutcomeUnknown),
            (stripe.APIError("x", http_status=500), OutcomeUnknown),
            (stripe.InvalidRequestError("x", "p", http_status=409), OutcomeUnknown),
            (stripe.CardError("x", "p", "card_declined"), Refused),
        ],
    )
    def test_errors_say_what_is_known(self, error, kind):
        with pytest.raises(kind), provider._told():
            raise error

    def test_settings_need_the_secret_with_the_key(self):
        from config import SettingsError

        with pytest.raises(SettingsError, match="STRIPE_WEBHOOK_SECRET"):
            Settings.from_env({"STRIPE_API_KEY": "sk_test_1"})


class TestHearers:
    def test_work_on_what_they_are_named(self, app, session, make, desk, monkeypatch):
        from types import SimpleNamespace

        gateway = FakeGateway()
        payment = make.online(requested_at=now())
        gateway.add(payment)
        gateway.pay(payment.session_id)
        session.commit()
        parts = SimpleNamespace(gateway=gateway)
        work = SimpleNamespace(session=session, now=now(), parts=parts)
        hearers.sync_one(work, str(payment.id))
        hearers.close(work, str(payment.id))
        hearers.make_call(work, str(uuid4()))
        hearers.event(work, "evt_none")
        hearers.sweep_all(work)
        gateway.movements = lambda *_span: []
        hearers.reconcile_day(work)
        parts.gateway = None
        hearers.reconcile_day(work)
        session.expire_all()
        assert session.get(Payment, payment.id).state is PaymentState.CAPTURED
        assert len(queries.list_reconciliations(session).items) == 1

    def test_tell_of_disputes_and_slips(self, session, make, desk, app):
        from tests.jobs import run_jobs

        payer, payee = make.organization(), make.organization()
        people = make.member(payer), make.member(payee)
        payment = make.payment(payer=payer, payee=payee)
        slip = services.record_transfer(
            session,
            actor=make.actor(people[0]),
            payment_id=payment.id,
            amount_minor=100_000,
            paid_on=NOON.date(),
            bank_reference="1",
            now=NOON,
        )
        services.refuse_transfer(
            session,
            actor=make.actor(people[1]),
            payment_id=payment.id,
            slip_id=slip.id,
            reason="no",
            now=NOON,
        )
        card = make.paid(payer=payer, payee=payee)
        from marketplace.payments.models import DisputeState
        from marketplace.payments.services import disputes
        from tests.integration.payments.test_refunds import claim

        disputes.hear(session, card, claim(DisputeState.WON), NOON)
        make.paid(Method.ALIPAY, payer=payer, payee=payee)
        from sqlalchemy import text

        session.execute(
            text("DELETE FROM procrastinate_jobs WHERE args->>'hearer' LIKE 'payments.%'")
        )
        payment_ids = {"payment_id": str(card.id)}
        for topic in ("payment.disputed", "payment.dispute_ended", "payment.not_honored"):
            from marketplace.core import jobs

            jobs.tell(session, topic, **payment_ids)
        for topic in ("payment.transfer_recorded", "payment.transfer_refused"):
            jobs.tell(session, topic, payment_id=str(payment.id))
        run_jobs(app, session)
        from marketplace.notifications.models import Notice

        told = set(session.scalars(select(Notice.topic)))
        assert told >= {
            "payment.disputed",
            "payment.dispute_ended",
            "payment.not_honored",
            "payment.transfer_recorded",
            "payment.transfer_refused",
        }


class TestBooks:
    def test_tell_what_concerns_one_thing(self, session):
        thing = uuid4()
        post(
            session,
            kind=TransactionKind.FEE,
            reference="one",
            now=NOON,
            about=("payment", thing),
            lines=[Line(Account.PAYMENT_FEES, 7), Line(Account.STRIPE_CLEARING, -7)],
        )
        assert [row.reference for row in books.list_about(session, "payment", thing)] == ["one"]
        assert books.balance_about(session, Account.PAYMENT_FEES, "payment", thing) == 7

    def test_wait_for_nobody_who_is_not_there(self, session, make):
        with pytest.raises(NotFound):
            queries.get_payout(session, uuid4())
        with pytest.raises(NotFound):
            refunds.settle_by_bank(
                session,
                actor=make.administrator(),
                refund_id=uuid4(),
                bank_reference="x",
                now=NOON,
            )
