"""An organization's money, the platform's queues, and the inbox."""

from __future__ import annotations

import json
from io import BytesIO
from uuid import uuid4

import httpx
import pytest
import stripe

from marketplace.core.actor import MemberRole
from marketplace.payments import queries, services
from marketplace.payments.models import (
    InboxEvent,
    PayoutState,
    StripeCall,
)
from marketplace.payments.services import payouts, refunds
from marketplace.web.clock import now
from tests.clients import words
from tests.factories.accounts import PASSWORD
from tests.jobs import run_jobs, topics

SECRET = "whsec_tests"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def signed(event, secret=SECRET):
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, secret)
    return {"data": body, "headers": {"Stripe-Signature": header}}


EVENT = {
    "id": "evt_1",
    "type": "never.heard.of",
    "created": 1_700_000_000,
    "data": {"object": {"id": "x"}},
}


class TestOrganization:
    def test_shows_payments_and_statement(self, client, make, sides, session):
        payer, payee, _payment = sides
        payment = make.paid(payer=payer, payee=payee)
        services.release(session, payment_id=payment.id, amount_minor=100_000, now=now())
        session.commit()
        client.sign_in(make.member(payee))
        base = f"/organizations/{payee.id}/payments"
        listed = words(client.get(base + "?side=in&q=P"))
        assert payment.number in listed
        assert "950.00 元" in listed
        assert "还没有付款" in words(client.get(base + "?side=out"))
        statement = words(client.get(base + "/statement?since=2026-01-01&until=2999-01-01"))
        assert "服务已验收" in statement
        assert "该时段没有记录" in words(client.get(base + "/statement?until=2000-01-01"))
        sheet = client.get(base + "/statement.csv").get_data(as_text=True)
        assert "950.00" in sheet
        assert client.get(base + "/statement?all=1&since=rubbish").status_code == 200
        assert "还没有结算款" in words(client.get(base + "/payouts"))
        assert "资金" in words(client.get(f"/organizations/{payee.id}"))
        client.sign_in(make.member(payer))
        assert client.get(base).status_code == 404
        assert client.get(base + "/statement.csv").status_code == 404

    def test_says_where_it_is_paid_with_the_password(self, client, make, session):
        organization = make.organization()
        client.sign_in(make.member(organization))
        path = f"/organizations/{organization.id}/payments/account"
        assert organization.name in client.get(path).get_data(as_text=True)
        values = {"account_name": "甲", "bank_name": "工行", "account_number": "6222 0001"}
        wrong = client.post(path, data=values | {"password": "no"})
        assert (wrong.status_code, "不是您" in words(wrong) or "密码" in words(wrong)) == (
            422,
            True,
        )
        assert client.post(path, data=values | {"password": PASSWORD}).status_code == 303
        kept = queries.payee_account(session, organization.id)
        assert kept.account_number == "62220001"
        client.sign_in(make.member(organization, MemberRole.EDITOR))
        assert client.get(path).status_code == 403

    def test_opens_an_account_at_stripe(self, client, make, session, online, simulator):
        organization = make.organization()
        client.sign_in(make.member(organization))
        path = f"/organizations/{organization.id}/payments/account/stripe"
        assert client.get(path).status_code == 303
        answer = client.post(path)
        assert answer.location.startswith(simulator.world.base)
        kept = queries.payee_account(session, organization.id)
        httpx.post(f"{simulator.world.base}/_control/accounts/{kept.stripe_id}/onboard")
        assert client.get(path).status_code == 303
        session.refresh(kept)
        assert kept.stripe_ready
        assert "已就绪" in words(client.get(path.removesuffix("/stripe")))
        httpx.post(f"{simulator.world.base}/_control/faults", json={"kind": "cut", "times": 2})
        assert client.get(path).status_code == 303
        answer = client.post(path, follow_redirects=True)
        assert "没有响应" in words(answer)

    def test_keeps_its_invoice_title(self, client, make, session):
        organization = make.organization()
        client.sign_in(make.member(organization))
        path = f"/organizations/{organization.id}/payments/invoice-title"
        assert client.get(path).status_code == 200
        values = {"kind": "ordinary", "title": "甲", "tax_number": organization.credit_code}
        assert client.post(path, data=values | {"tax_number": "12"}).status_code == 422
        assert client.post(path, data=values).status_code == 303
        assert client.post(path, data=values | {"title": "乙"}).status_code == 303
        assert queries.invoice_profile(session, organization.id).title == "乙"


class TestPlatform:
    def test_lists_payments_and_accounts(self, client, make, administrators):
        make.paid()
        client.sign_in(administrators[0])
        assert "账簿科目余额" in words(client.get("/platform/payments?state=captured&q=P"))
        assert "没有找到付款" in words(client.get("/platform/payments?state=lost"))
        assert "付款" in words(client.get("/platform/"))

    def test_sees_to_failed_refunds(self, client, make, session, administrators):
        payment = make.paid()
        order = refunds.refund(
            session, actor=None, payment_id=payment.id, amount_minor=500, reason="x", now=now()
        )
        refunds.fail(session, payment, order, "account closed", now())
        client.sign_in(administrators[0])
        assert "account closed" in words(client.get("/platform/payments/refunds"))
        path = f"/platform/payments/refunds/{order.id}/again"
        assert client.post(path, data={"by_bank": "1"}).status_code == 303
        assert client.post(path).status_code == 409
        assert "登记银行转账" in words(client.get("/platform/payments/refunds"))

    def test_pays_out_with_two_people(self, client, make, session, administrators):
        payment = make.paid()
        services.release(session, payment_id=payment.id, amount_minor=100_000, now=now())
        client.sign_in(administrators[0])
        prepare = f"/platform/payments/payouts/{payment.payee_id}/prepare"
        assert "尚未填写收款账户" in words(client.post(prepare, follow_redirects=True))
        make.payee_account(payment.payee_id)
        client.post(prepare)
        payout = queries.list_payouts(session).items[0]
        page = f"/platform/payments/payouts/{payout.id}"
        assert "制单人不能批准" in words(client.get(page))
        assert client.post(page + "/approve").status_code == 403
        client.sign_in(administrators[1])
        assert "查看并批准" in words(client.get("/platform/payments/payouts"))
        assert "批准结算款" in words(client.get(page))
        assert client.post(page + "/approve").status_code == 303
        assert client.get(page + "/paid").status_code == 200
        assert client.post(page + "/paid", data={"bank_reference": ""}).status_code == 422
        sent = {"bank_reference": "B-1", "file": (BytesIO(PDF), "slip.pdf")}
        answer = client.post(page + "/paid", data=sent, content_type="multipart/form-data")
        assert answer.status_code == 303
        assert "B-1" in words(client.get(page))
        assert client.post(page + "/paid", data={"bank_reference": "2"}).status_code == 422
        assert client.get(page + "/returned").status_code == 200
        assert client.post(page + "/returned", data={"reason": "账号有误"}).status_code == 303
        assert payout.state is PayoutState.RETURNED
        client.post(prepare)
        other = queries.list_payouts(session, states=[PayoutState.PREPARED]).items[0]
        page = f"/platform/payments/payouts/{other.id}"
        assert client.post(page + "/refuse", data={"reason": "暂缓"}).status_code == 303
        assert other.state is PayoutState.REFUSED
        client.sign_in(make.member(session.get(type(payment.payee), payment.payee_id)))
        assert "被银行退回" in words(
            client.get(f"/organizations/{payment.payee_id}/payments/payouts")
        )

    def test_compares_with_the_provider(self, client, make, administrators, online, simulator):
        httpx.post(f"{simulator.world.base}/_control/reset", json={})
        client.sign_in(administrators[0])
        assert "还没有对账" in words(client.get("/platform/payments/comparison"))
        answer = client.post("/platform/payments/comparison", follow_redirects=True)
        assert "0.00 元" in words(answer)
        httpx.post(f"{simulator.world.base}/_control/faults", json={"kind": "cut", "times": 1})
        answer = client.post("/platform/payments/comparison", follow_redirects=True)
        assert "没有响应" in words(answer)

    def test_shows_differences(self, client, make, administrators, session):
        from marketplace.payments.models import Reconciliation

        found = make.add(
            Reconciliation(
                day=now().date(),
                run_at=now(),
                entries=1,
                net_minor=5,
                books_minor=0,
                unexplained_minor=5,
                differences=[{"what": "movement", "id": "txn_1", "net_minor": 5, "books_minor": 0}],
            )
        )
        client.sign_in(administrators[0])
        page = words(client.get(f"/platform/payments/comparison/{found.id}"))
        assert "txn_1" in page
        assert client.get(f"/platform/payments/comparison/{uuid4()}").status_code == 404

    def test_is_for_administrators(self, client, make):
        client.sign_in(make.member())
        for path in ("", "/refunds", "/payouts", "/comparison", "/inbox"):
            assert client.get("/platform/payments" + path).status_code == 404


class TestInbox:
    def test_answers_every_genuine_event_and_keeps_it_once(
        self, client, session, online, administrators, app
    ):
        for _ in range(3):
            assert client.post("/payments/inbox", **signed(EVENT)).status_code == 200
        assert session.query(InboxEvent).count() == 1
        assert topics(session) == {"hearer:payments.event"}
        client.sign_in(administrators[0])
        assert "never.heard.of" in words(client.get("/platform/payments/inbox"))
        run_jobs(app, session)
        assert "没有待处理的事件" in words(client.get("/platform/payments/inbox"))
        assert "evt_1" in words(client.get("/platform/payments/inbox?show=all"))
        assert client.post("/platform/payments/inbox/evt_1/again").status_code == 303
        assert client.post("/platform/payments/inbox/evt_2/again").status_code == 404

    @pytest.mark.parametrize(
        "change",
        [
            {"headers": {"Stripe-Signature": "t=1,v1=00"}},
            {"headers": {}},
            {"data": json.dumps(EVENT | {"type": "changed"})},
            {"data": b"\xff\xfe"},
            signed(EVENT, "whsec_other"),
            {**signed(EVENT), "data": "not json"},
        ],
    )
    def test_refuses_forged_events(self, client, session, online, change):
        assert client.post("/payments/inbox", **(signed(EVENT) | change)).status_code == 400
        assert session.query(InboxEvent).count() == 0

    def test_is_closed_without_a_provider_and_for_giants(self, client, online, app):
        giant = signed(EVENT | {"data": {"object": {"x": "y" * 1_100_000}}})
        assert client.post("/payments/inbox", **giant).status_code == 413
        app.extensions["hanqiao.parts"].gateway = None
        assert client.post("/payments/inbox", **signed(EVENT)).status_code == 404


class TestNotices:
    def test_are_told_to_whom_they_concern(self, client, make, session, app, administrators):
        payer, payee = make.organization(), make.organization()
        people = make.member(payer), make.member(payee)
        payment = make.payment(payer=payer, payee=payee)
        payout_payment = make.paid(payer=payer, payee=payee)
        services.release(session, payment_id=payout_payment.id, amount_minor=50_000, now=now())
        make.payee_account(payee.id)
        first, second = (make.actor(one) for one in administrators)
        payout = payouts.prepare(session, actor=first, payee_id=payee.id, now=now())
        payouts.approve(session, actor=second, payout_id=payout.id, now=now())
        payouts.mark_paid(session, actor=first, payout_id=payout.id, bank_reference="B", now=now())
        payouts.mark_returned(session, actor=first, payout_id=payout.id, reason="x", now=now())
        order = refunds.refund(
            session,
            actor=None,
            payment_id=payout_payment.id,
            amount_minor=500,
            reason="x",
            now=now(),
        )
        refunds.fail(session, payout_payment, order, "closed", now())
        services.cancel(session, actor=None, payment_id=payment.id, reason="no", now=now())
        session.query(StripeCall).delete()
        from sqlalchemy import text

        session.execute(
            text("DELETE FROM procrastinate_jobs WHERE args->>'hearer' LIKE 'payments.%'")
        )
        run_jobs(app, session)
        client.sign_in(people[0])
        assert "的付款已结束" in words(client.get("/notices/"))
        client.sign_in(people[1])
        assert "未能到账" in words(client.get("/notices/"))
        client.sign_in(administrators[0])
        assert "退款失败" in words(client.get("/notices/"))
