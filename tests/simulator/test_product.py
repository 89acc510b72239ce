"""Every request that the product makes is one that Stripe's own mock server takes."""

from __future__ import annotations

import ast
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from marketplace.payments.gateway import provider
from marketplace.payments.gateway.protocol import Gateway, SessionOrder
from marketplace.payments.gateway.provider import StripeGateway
from tests.simulator.running import KEY

#: What the gateway does without a request.
SILENT = {"read_event"}


def order(**more):
    return SessionOrder(
        **{
            "payment": "31",
            "session_no": 1,
            "title": "中试线机时",
            "amount_minor": 120_000,
            "currency": "CNY",
            "methods": ("card", "alipay", "wechat_pay"),
            "hold": False,
            "language": "zh",
            "success_url": "http://127.0.0.1:1/done",
            "cancel_url": "http://127.0.0.1:1/back",
            "expires_at": int(time.time()) + 1900,
            **more,
        }
    )


class Used:
    """A gateway that notes which of its methods were used."""

    def __init__(self, gateway):
        self.gateway, self.names = gateway, set()

    def __getattr__(self, name):
        self.names.add(name)
        return getattr(self.gateway, name)


@pytest.fixture(scope="module")
def used(shared_simulator):
    """A gateway that has done everything once; the simulator kept its calls."""
    shared_simulator.control("/reset", seed=1, endpoints=False)
    shared_simulator.control("/settings", settle_days=0)
    used = Used(StripeGateway(key=KEY, webhook_secret="whsec_1", base=shared_simulator.base))
    pay(shared_simulator, used)
    hold(shared_simulator, used)
    move_on(shared_simulator, used)
    return used


def pay(simulator, gateway):
    made = gateway.open_session(order(), key="31:1:session")
    assert gateway.find_session("31", 1, since=1).id == made.id
    done = simulator.control(f"/sessions/{made.id}/complete")
    assert gateway.expire_session(made.id).status == "complete"
    intent = gateway.intent(done["payment_intent"])
    assert (intent.status, intent.payment, intent.received_minor) == ("succeeded", "31", 120_000)
    assert intent.fee_minor > 0
    wish = {"intent": intent.id, "amount": 20_000, "payment": "31", "refund": "4"}
    given = gateway.refund(wish, key="31:refund:4")
    assert [one.id for one in gateway.refunds(intent.id)] == [given.id]
    simulator.control("/disputes", payment_intent=intent.id, amount=1_000)
    assert [one.amount_minor for one in gateway.disputes(intent.id)] == [1_000]


def hold(simulator, gateway):
    for take in (True, False):
        made = gateway.open_session(
            order(hold=True, methods=("card",), payment=f"hold-{take}"), key=f"hold-{take}"
        )
        simulator.control(f"/sessions/{made.id}/complete")
        held = gateway.session(made.id).intent_id
        assert gateway.intent(held).capture_before
        if take:
            assert gateway.capture(held, 50_000, key="capture").received_minor == 50_000
        else:
            assert gateway.cancel_intent(held).status == "canceled"


def move_on(simulator, gateway):
    payee = gateway.open_account({"organization": "7", "name": "武汉中试平台"}, key="account:7")
    gateway.account_link(
        payee.id, refresh_url="http://127.0.0.1:1/again", return_url="http://127.0.0.1:1/done"
    )
    simulator.control(f"/accounts/{payee.id}/onboard")
    assert gateway.account(payee.id).ready
    wish = {"account": payee.id, "amount": 10_000, "currency": "CNY", "payout": "9"}
    sent = gateway.transfer(wish, key="payout:9")
    assert gateway.find_transfer(payee.id, "9").id == sent.id
    today = datetime.now(UTC)
    moved = list(gateway.movements(today - timedelta(days=1), today + timedelta(days=1)))
    assert {one.type for one in moved} >= {"charge", "refund", "adjustment", "transfer"}
    assert list(gateway.missed_events(today - timedelta(days=1))) == []


def test_every_method_of_the_gateway_was_used(used):
    methods = {name for name in vars(Gateway) if not name.startswith("_") and name != "is_test"}
    assert methods - used.names - SILENT == set()


def test_nothing_else_speaks_with_stripe():
    root = Path(provider.__file__).parents[2]
    importers = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Import) and any(n.name == "stripe" for n in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "stripe")
    }
    assert importers == {"payments/gateway/provider.py"}


def test_the_mock_server_takes_every_request(used, shared_simulator, stripe_mock):
    refused = []
    calls = shared_simulator.look("/calls")
    for call in calls:
        answer = stripe_mock.send(call["method"], call["path"], call["sent"])
        if answer.status_code != 200:
            refused.append((call["method"], call["path"], answer.json()["error"]["message"]))
    assert len(calls) > 20
    assert refused == []
