"""A simulator as its own process, and the requests that tests make of it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import stripe

ROOT = Path(__file__).parents[2]
KEY = "sk_test_123"


@dataclass
class Running:
    """A simulator in a process of its own."""

    process: subprocess.Popen[str]
    base: str
    web: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    def control(self, path: str, verb: str = "POST", /, **given: Any) -> Any:
        """Make a control call; its answer as JSON."""
        answer = httpx.request(verb, f"{self.base}/_control{path}", json=given or None, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def look(self, path: str) -> Any:
        return self.control(path, "GET")

    def client(self, **options: Any) -> stripe.StripeClient:
        """The official library; it tries nothing again by itself."""
        return stripe.StripeClient(
            KEY, base_addresses={"api": self.base}, max_network_retries=0, **options
        )

    def post(self, path: str, text: str, **headers: str) -> httpx.Response:
        """Send a form as it is."""
        headers = {"Authorization": f"Bearer {KEY}", **headers}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.web.post(self.base + path, content=text, headers=headers)

    def stop(self) -> None:
        self.web.close()
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def launch(*arguments: str) -> Running:
    """Start a simulator on a free port, or on the one among the arguments."""
    if "--port" not in arguments:
        arguments = ("--port", "0", *arguments)
    process = subprocess.Popen(
        [sys.executable, "-m", "devtools.stripe_simulator", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    line = process.stdout.readline()
    return Running(process, line.rpartition(" ")[2].strip())


CARD = {"payment_method_types": ["card"], "payment_method": "pm_card_visa", "confirm": True}


def session_request(**more: Any) -> dict[str, Any]:
    """The request by which a payment page is made."""
    return {
        "mode": "payment",
        "success_url": "http://127.0.0.1:1/done?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:1/back",
        "payment_method_types": ["card", "alipay", "wechat_pay"],
        "payment_method_options": {"wechat_pay": {"client": "web"}},
        "line_items": [
            {
                "quantity": 2,
                "price_data": {
                    "currency": "cny",
                    "unit_amount": 60_000,
                    "product_data": {"name": "中试线机时", "description": "2026-12-03 上午"},
                },
            }
        ],
        **more,
    }


def paid_intent(api: Any, amount: int = 10_000, **more: Any) -> Any:
    """An intent that a card has paid."""
    return api.payment_intents.create({"amount": amount, "currency": "cny", **CARD, **more})
