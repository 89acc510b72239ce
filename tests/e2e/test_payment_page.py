"""The simulated payment pages in a browser: readable, accessible, and nobody else is asked."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import axe, overflow
from tests.simulator.running import launch, session_request

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def simulator():
    running = launch("--seed", "4")
    yield running
    running.stop()


@pytest.fixture
def buyer(context, faults, simulator):
    """A page that may talk to the simulator alone."""
    fresh = context.new_page()
    faults.watch(fresh, simulator.base)
    return fresh


def good(page) -> None:
    assert axe(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    ("language", "pay", "refuse", "agree"),
    [("zh", "支付", "拒绝付款", "确认付款"), ("en", "Pay", "Refuse payment", "Confirm payment")],
)
def test_a_buyer_tries_a_card_and_pays_by_wechat(
    simulator, buyer, width, language, pay, refuse, agree
):
    back = f"{simulator.base}/no-such-page"
    api = simulator.client().v1
    made = api.checkout.sessions.create(session_request(success_url=back, locale=language))
    buyer.set_viewport_size({"width": width, "height": 800})
    buyer.goto(made.url)
    good(buyer)
    buyer.locator("[name=number]").fill("4242 4242 4242 4241")
    buyer.get_by_role("button", name=pay).click()
    assert buyer.get_by_role("alert").is_visible()
    good(buyer)
    buyer.locator("[name=number]").fill("4000 0027 6000 3184")
    buyer.locator("[name=expiry]").fill("12/34")
    buyer.locator("[name=cvc]").fill("123")
    buyer.get_by_role("button", name=pay).click()
    good(buyer)
    buyer.get_by_role("button", name=refuse).click()
    buyer.locator("#m-wechat_pay").check()
    buyer.get_by_role("button", name="微信" if language == "zh" else "WeChat").click()
    buyer.get_by_role("img").wait_for()
    good(buyer)
    buyer.get_by_role("button", name=agree, exact=True).click()
    buyer.wait_for_url(back)
    assert api.checkout.sessions.retrieve(made.id).payment_status == "paid"
    buyer.goto(f"{simulator.base}/c/pay/{made.id}")
    good(buyer)
