"""The pages of one payment: paying, reporting a transfer, refunds, invoices."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import httpx
import pytest

from marketplace.core.actor import MemberRole
from marketplace.payments import queries, services
from marketplace.payments.models import (
    Method,
    PaymentState,
    RefundState,
    SlipState,
)
from marketplace.payments.services import disputes, refunds
from marketplace.web.clock import now
from tests.clients import words
from tests.jobs import run_jobs

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def complete(gateway_base, payment, **how):
    answer = httpx.post(f"{gateway_base}/_control/sessions/{payment.session_id}/complete", json=how)
    assert answer.status_code == 200, answer.text


class TestPaying:
    def test_leads_to_the_provider_and_back(
        self, client, session, make, sides, online, simulator, app
    ):
        payer, _payee, payment = sides
        client.sign_in(make.member(payer))
        page = client.get(f"/payments/{payment.id}/pay")
        assert "测试资金" in words(page)
        assert "在线支付 1,000.00 元" in words(page)
        answer = client.post(f"/payments/{payment.id}/pay")
        assert answer.status_code == 303
        assert answer.location.startswith(simulator.world.base)
        assert payment.state is PaymentState.SESSION_OPEN
        waiting = client.get(f"/payments/{payment.id}/return")
        assert b"data-poll" in waiting.data
        complete(simulator.world.base, payment)
        back = client.get(f"/en/payments/{payment.id}/return")
        assert "Paid. Thank you." in words(back)
        assert b"data-poll" not in back.data
        assert payment.state is PaymentState.CAPTURED
        assert b"data-poll" not in client.get(f"/payments/{payment.id}/state").data
        assert client.get(f"/payments/{payment.id}/pay").status_code == 303
        shown = words(client.get(f"/payments/{payment.id}"))
        assert "已付款" in shown
        run_jobs(app, session)

    def test_says_when_the_provider_is_silent(self, client, make, sides, online, simulator):
        payer, _payee, payment = sides
        client.sign_in(make.member(payer))
        httpx.post(f"{simulator.world.base}/_control/faults", json={"kind": "cut", "times": 1})
        answer = client.post(f"/payments/{payment.id}/pay", follow_redirects=True)
        assert "支付机构暂时没有响应" in words(answer)

    def test_shows_the_return_page_while_the_provider_is_silent(
        self, client, make, sides, online, simulator
    ):
        payer, _payee, payment = sides
        client.sign_in(make.member(payer))
        client.post(f"/payments/{payment.id}/pay")
        httpx.post(f"{simulator.world.base}/_control/faults", json={"kind": "cut", "times": 1})
        assert "正在等待支付机构" in words(client.get(f"/payments/{payment.id}/return"))

    def test_offers_the_bank_alone_without_a_provider(self, client, make, sides):
        payer, payee, payment = sides
        make.payee_account(payee.id)
        client.sign_in(make.member(payer))
        page = words(client.get(f"/payments/{payment.id}/pay"))
        assert "未开通在线付款" in page
        assert "3202001909200123456" in page

    def test_refuses_what_is_over(self, client, make, sides, online, session):
        payer, _payee, payment = sides
        services.cancel(session, actor=None, payment_id=payment.id, reason="no", now=now())
        client.sign_in(make.member(payer))
        assert client.post(f"/payments/{payment.id}/pay").status_code == 409

    def test_is_hidden_from_others_and_refused_to_the_payee(self, client, make, sides):
        _payer, payee, payment = sides
        client.sign_in(make.member())
        for path in ("", "/pay", "/return", "/state", "/transfer", "/refund", "/invoice"):
            assert client.get(f"/payments/{payment.id}{path}").status_code == 404, path
        assert client.post(f"/payments/{payment.id}/pay").status_code == 404
        client.sign_in(make.member(payee))
        assert client.get(f"/payments/{payment.id}/pay").status_code == 403
        client.sign_in(make.member(payee, MemberRole.TECHNOLOGY_MANAGER))
        assert client.get(f"/payments/{payment.id}").status_code == 404


class TestTransfer:
    def send(self, client, payment, **values):
        values = {
            "amount": "1000.00",
            "paid_on": now().date().isoformat(),
            "bank_reference": "HB-1",
            "file": (BytesIO(PDF), "slip.pdf"),
        } | values
        return client.post(
            f"/payments/{payment.id}/transfer", data=values, content_type="multipart/form-data"
        )

    def test_is_reported_and_confirmed(self, client, make, sides, session, app):
        payer, payee, payment = sides
        client.sign_in(make.member(payer))
        assert client.get(f"/payments/{payment.id}/transfer").status_code == 200
        assert self.send(client, payment).status_code == 303
        (slip,) = queries.slips_of(session, payment.id)
        assert slip.attachment_id
        run_jobs(app, session)
        client.sign_in(make.member(payee))
        page = client.get(f"/payments/{payment.id}")
        assert "slip.pdf" in words(page)
        with client.get(f"/files/{slip.attachment_id}") as sent:
            assert sent.status_code == 200
        desk = words(client.get("/desk"))
        assert "这笔转账到账了吗" in desk
        answer = client.post(f"/payments/{payment.id}/transfers/{slip.id}/confirm")
        assert answer.status_code == 303
        assert (payment.state, payment.method) == (PaymentState.CAPTURED, Method.BANK)

    def test_can_be_refused_with_a_reason(self, client, make, sides, session):
        payer, payee, payment = sides
        client.sign_in(make.member(payer))
        self.send(client, payment)
        (slip,) = queries.slips_of(session, payment.id)
        client.sign_in(make.member(payee))
        path = f"/payments/{payment.id}/transfers/{slip.id}/refuse"
        assert client.get(path).status_code == 200
        assert client.post(path, data={"reason": ""}).status_code == 422
        assert client.post(path, data={"reason": "没有查到"}).status_code == 303
        assert slip.state is SlipState.REFUSED

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"amount": "999.99"}, "应付金额为"),
            ({"amount": "12.345"}, "小数点"),
            ({"amount": "-5"}, "请填写大于 0 的金额"),
            ({"amount": "abc"}, "请填写大于 0 的金额"),
            ({"amount": ""}, "请填写转账金额"),
            ({"bank_reference": ""}, "请填写银行流水号"),
            ({"paid_on": "2999-01-01"}, "不能晚于今天"),
        ],
    )
    def test_keeps_what_was_typed_and_says_what_is_wrong(
        self, client, make, sides, values, message
    ):
        payer, _payee, payment = sides
        client.sign_in(make.member(payer))
        answer = self.send(client, payment, **values)
        assert answer.status_code == 422
        assert message in words(answer)


class TestRefund:
    def test_is_ordered_by_the_payee(self, client, make, sides, session):
        payer, payee, _payment = sides
        payment = make.paid(payer=payer, payee=payee)
        client.sign_in(make.member(payee))
        path = f"/payments/{payment.id}/refund"
        assert client.get(path).status_code == 200
        values = {"seen": "0", "amount": "300.5", "reason": "设备故障"}
        assert client.post(path, data=values | {"amount": "2000"}).status_code == 422
        assert client.post(path, data=values).status_code == 303
        assert payment.refunded_minor == 30_050
        assert "退款已提交" in words(client.get(f"/payments/{payment.id}"))

    @pytest.mark.parametrize("amount", ["-5", "0", "0.001", "1e9", "99999999999999999999", "一千"])
    def test_of_a_sum_that_cannot_be_is_refused_with_what_was_typed(
        self, client, make, sides, amount
    ):
        payer, payee, _payment = sides
        payment = make.paid(payer=payer, payee=payee)
        client.sign_in(make.member(payee))
        values = {"seen": "0", "amount": amount, "reason": "设备故障"}
        answer = client.post(f"/payments/{payment.id}/refund", data=values)
        assert answer.status_code == 422
        assert amount in answer.get_data(as_text=True)
        assert payment.refunded_minor == 0

    def test_sent_twice_goes_back_once(self, client, make, sides):
        payer, payee, _payment = sides
        payment = make.paid(payer=payer, payee=payee)
        client.sign_in(make.member(payee))
        path = f"/payments/{payment.id}/refund"
        values = {"seen": "0", "amount": "100", "reason": "设备故障"}
        assert client.post(path, data=values).status_code == 303
        again = client.post(path, data=values)
        assert again.status_code == 422
        assert "此前累计已退款" in words(again)
        assert payment.refunded_minor == 10_000
        # The page now knows of the first one: a second refund that is meant goes through.
        assert b'value="10000"' in again.data
        assert client.post(path, data=values | {"seen": "10000"}).status_code == 303
        assert payment.refunded_minor == 20_000

    def test_by_bank_is_settled_by_the_payee(self, client, make, sides, session):
        payer, payee, _payment = sides
        payment = make.paid(Method.BANK, payer=payer, payee=payee)
        order = refunds.refund(
            session, actor=None, payment_id=payment.id, amount_minor=500, reason="x", now=now()
        )
        client.sign_in(make.member(payee))
        assert "银行转账" in words(client.get(f"/payments/{payment.id}/refund"))
        path = f"/payments/refunds/{order.id}/settle"
        assert client.get(path).status_code == 200
        assert client.post(path, data={"bank_reference": "R-1"}).status_code == 303
        assert order.state is RefundState.SUCCEEDED
        assert client.get(path).status_code == 303
        assert client.get(f"/payments/refunds/{uuid4()}/settle").status_code == 404


class TestInvoice:
    def test_is_asked_for_and_issued(self, client, make, sides, session):
        payer, payee, payment = sides
        client.sign_in(make.member(payer))
        path = f"/payments/{payment.id}/invoice"
        page = client.get(path)
        assert payer.credit_code.encode() in page.data
        values = {"kind": "special", "title": payer.name, "tax_number": payer.credit_code}
        refused = client.post(path, data=values)
        assert "开具专用发票需要填写此项" in words(refused)
        wrong = client.post(path, data=values | {"kind": "ordinary", "tax_number": "1" * 18})
        assert "校验位" in words(wrong)
        values |= {"address": "武汉", "phone": "027", "bank_name": "工行", "bank_account": "62"}
        assert client.post(path, data=values).status_code == 303
        client.sign_in(make.member(payee))
        listed = client.get(f"/organizations/{payee.id}/payments/invoices")
        assert payer.name in words(listed)
        sheet = client.get(f"/organizations/{payee.id}/payments/invoices.csv").get_data(
            as_text=True
        )
        assert payer.credit_code in sheet
        path = f"/payments/{payment.id}/invoice/issued"
        assert client.get(path).status_code == 200
        assert client.post(path, data={"number": ""}).status_code == 422
        assert client.post(path, data={"number": "24420000001"}).status_code == 303
        client.sign_in(make.member(payer))
        again = client.post(f"/payments/{payment.id}/invoice", data=values)
        assert again.status_code == 422

    def test_nobody_asked_for_is_not_issued(self, client, make, sides):
        _payer, payee, payment = sides
        client.sign_in(make.member(payee))
        answer = client.post(f"/payments/{payment.id}/invoice/issued", data={"number": "1"})
        assert answer.status_code == 422


class TestDisputePage:
    def test_shows_it(self, client, make, session, sides):
        payer, payee, _payment = sides
        payment = make.paid(payer=payer, payee=payee)
        disputes.hear(
            session,
            payment,
            disputes.Claim(
                stripe_id="dp",
                amount_minor=100,
                fee_minor=0,
                currency="CNY",
                reason="fraudulent",
                state=disputes.DisputeState.OPEN,
                opened_at=now(),
                answer_by=now(),
            ),
            now(),
        )
        client.sign_in(make.member(payee))
        assert "须在" in words(client.get(f"/payments/{payment.id}"))
