"""A buyer's way over the simulated pages, without script and without another host."""

from __future__ import annotations

import re

import pytest

from devtools.stripe_simulator.texts import TEXTS
from tests.simulator.running import session_request

CARD = {"method": "card", "expiry": "12/34", "cvc": "123", "lang": "en"}


@pytest.fixture
def made(api):
    return api.checkout.sessions.create(session_request(locale="en"))


def send(simulator, url, **typed):
    return simulator.web.post(url, data=typed)


class TestCheckout:
    def test_shows_what_is_to_pay_and_that_it_is_test_money(self, simulator, made):
        page = simulator.web.get(made.url)
        for text in ("测试款项 · TEST MONEY", "中试线机时", "¥1,200.00", "Quantity 2", "Alipay"):
            assert text in page.text

    def test_speaks_chinese(self, simulator, made):
        page = simulator.web.get(made.url + "?lang=zh")
        assert '<html lang="zh-CN">' in page.text
        assert "微信支付" in page.text

    def test_needs_no_script_and_no_other_host(self, simulator, made):
        page = simulator.web.get(made.url)
        assert "<script" not in page.text
        assert "style=" not in page.text
        hosts = set(re.findall(r"https?://([\w.:]+)", page.text))
        assert hosts <= {"127.0.0.1:1"}
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]

    def test_a_card_pays_and_leads_back(self, simulator, api, made):
        answer = send(simulator, made.url, number="4242 4242 4242 4242", email="a@b.cn", **CARD)
        assert answer.status_code == 303
        assert answer.headers["Location"] == f"http://127.0.0.1:1/done?session={made.id}"
        found = api.checkout.sessions.retrieve(made.id)
        assert (found.payment_status, found.customer_details.email) == ("paid", "a@b.cn")

    @pytest.mark.parametrize(
        ("typed", "error"),
        [
            ({"number": "4242 4242 4242 4241"}, "bad_number"),
            ({"number": ""}, "bad_number"),
            ({"number": "4242424242424242", "expiry": "01/20"}, "bad_expiry"),
            ({"number": "4242424242424242", "expiry": "13/34"}, "bad_expiry"),
            ({"number": "4242424242424242", "cvc": "1"}, "bad_cvc"),
            ({"method": "cash"}, "bad_method"),
            ({"number": "4000000000000002"}, "generic_decline"),
            ({"number": "4000000000009995"}, "insufficient_funds"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(self, simulator, api, made, typed, error):
        answer = send(simulator, made.url, **{**CARD, "email": "a@b.cn", **typed})
        assert answer.status_code == 400
        assert TEXTS[error][1] in answer.text.replace("&#39;", "'")
        assert 'value="a@b.cn"' in answer.text
        assert api.checkout.sessions.retrieve(made.id).status == "open"

    def test_bank_asks_and_refusal_leads_back_to_the_choice(self, simulator, api, made):
        answer = send(simulator, made.url, number="4000 0027 6000 3184", **CARD)
        bank = simulator.base + answer.headers["Location"]
        assert "3-D Secure" in simulator.web.get(bank).text
        back = send(simulator, bank, answer="refuse").headers["Location"]
        page = simulator.web.get(simulator.base + back)
        assert "could not verify you" in page.text
        answer = send(simulator, made.url, number="4000 0027 6000 3184", **CARD)
        done = send(simulator, simulator.base + answer.headers["Location"], answer="agree")
        assert done.headers["Location"].startswith("http://127.0.0.1:1/done")

    @pytest.mark.parametrize("method", ["alipay", "wechat_pay"])
    def test_wallets(self, simulator, api, made, method):
        answer = send(simulator, made.url, method=method)
        wallet = simulator.base + answer.headers["Location"]
        page = simulator.web.get(wallet)
        assert "(simulated)" in page.text
        codes = re.findall(r'src="([^"]+code.svg)"', page.text)
        assert len(codes) == (method == "wechat_pay")
        for code in codes:
            assert simulator.web.get(simulator.base + code).text.lstrip().startswith("<?xml")
        done = send(simulator, wallet, answer="agree")
        assert done.headers["Location"].endswith(made.id)
        assert api.checkout.sessions.retrieve(made.id).payment_status == "paid"

    def test_finished_pages_say_so(self, simulator, api, made):
        page_address = made.url
        simulator.control(f"/sessions/{made.id}/complete")
        assert "This payment is complete" in simulator.web.get(page_address).text
        other = api.checkout.sessions.create(session_request(locale="en"))
        api.checkout.sessions.expire(other.id)
        page = simulator.web.get(other.url)
        assert "has expired" in page.text
        assert "http://127.0.0.1:1/back" in page.text
        answer = send(simulator, other.url, number="4242424242424242", **CARD)
        assert "has expired" in answer.text

    def test_unknown_page(self, simulator):
        answer = simulator.web.get(f"{simulator.base}/c/pay/cs_test_none?lang=en")
        assert answer.status_code == 404
        assert "does not exist" in answer.text


class TestPayee:
    def test_gives_details(self, simulator, api):
        payee = api.accounts.create({"country": "HK"})
        link = api.account_links.create(
            {
                "account": payee.id,
                "type": "account_onboarding",
                "refresh_url": "http://127.0.0.1:1/again",
                "return_url": "http://127.0.0.1:1/done",
            }
        )
        assert "simulated" in simulator.web.get(link.url + "?lang=en").text
        answer = send(simulator, link.url, answer="agree")
        assert answer.headers["Location"] == "http://127.0.0.1:1/done"
        assert api.accounts.retrieve(payee.id).payouts_enabled
        simulator.control("/clock", advance=600)
        assert simulator.web.get(link.url).status_code == 410
