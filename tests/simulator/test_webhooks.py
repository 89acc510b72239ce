"""Events arrive signed, are tried again, and can be repeated, shuffled, lost."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from tests.simulator.running import launch, paid_intent


class Receiver:
    """A product's endpoint: checks each signature, keeps each event."""

    def __init__(self) -> None:
        self.events: list[stripe.Event] = []
        self.bodies: list[tuple[bytes, str]] = []
        self.failing = 0
        self.secret = "whsec_fixed"
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                signature = self.headers["Stripe-Signature"]
                receiver.bodies.append((body, signature))
                if receiver.failing > 0:
                    receiver.failing -= 1
                    self.send_response(500)
                else:
                    event = stripe.Webhook.construct_event(body, signature, receiver.secret)
                    receiver.events.append(event)
                    self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def ids(self) -> list[str]:
        return [event.id for event in self.events]


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture(scope="module")
def process():
    running = launch("--seed", "2")
    yield running
    running.stop()


@pytest.fixture
def told(process, receiver):
    """A simulator that tells the receiver of everything, with quick retries."""
    process.control("/reset", seed=2, endpoints=False)
    process.control("/settings", retry_base=0.05)
    made = process.client().v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["*"]}
    )
    receiver.secret = made.secret
    return process


def settle(told) -> None:
    assert told.look("/webhooks/idle?seconds=10") == {"waiting": 0}


def test_official_library_accepts_the_signature_and_no_other(told, receiver):
    paid = paid_intent(told.client().v1)
    settle(told)
    assert sorted(event.type for event in receiver.events) == [
        "charge.succeeded",
        "payment_intent.created",
        "payment_intent.succeeded",
    ]
    last = next(e for e in receiver.events if e.type == "payment_intent.succeeded")
    assert last.data.object.id == paid.id
    body, signature = receiver.bodies[0]
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", signature, receiver.secret)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body, signature, "whsec_other")


def test_failed_deliveries_are_tried_again(told, receiver):
    receiver.failing = 4
    paid_intent(told.client().v1)
    settle(told)
    assert len(receiver.bodies) == 7
    assert len(set(receiver.ids())) == 3


def test_unanswered_deliveries_stay_undelivered(told, receiver):
    told.control("/settings", retry_attempts=2)
    receiver.failing = 100
    paid_intent(told.client().v1)
    settle(told)
    api = told.client().v1
    missed = api.events.list({"delivery_success": False})
    assert len(missed.data) == 3
    assert {event.pending_webhooks for event in missed.data} == {1}
    assert api.events.list({"delivery_success": True}).data == []
    receiver.failing = 0
    told.control(f"/events/{missed.data[0].id}/resend")
    settle(told)
    assert receiver.ids() == [missed.data[0].id]
    assert len(api.events.list({"delivery_success": False}).data) == 2


def test_repeated(told, receiver):
    told.control("/webhooks", duplicate=2)
    paid_intent(told.client().v1)
    settle(told)
    assert len(receiver.events) == 9
    assert len(set(receiver.ids())) == 3


def test_dropped_for_good(told, receiver):
    told.control("/webhooks", drop=1.0)
    paid_intent(told.client().v1)
    settle(told)
    assert receiver.events == []
    assert len(told.client().v1.events.list({"delivery_success": False}).data) == 3


def test_lost_on_the_way_but_tried_again(told, receiver):
    told.control("/webhooks", lose=0.5)
    for _ in range(5):
        paid_intent(told.client().v1)
    settle(told)
    assert len(set(receiver.ids())) == 15
    assert sum(each["attempts"] for each in told.look("/deliveries")) > 15


def test_shuffled(told, receiver):
    told.control("/webhooks", shuffle=0.3)
    for _ in range(5):
        paid_intent(told.client().v1)
    settle(told)
    made = [event["id"] for event in told.look("/objects/event")]
    assert sorted(receiver.ids()) == sorted(made)
    assert receiver.ids() != made


def test_endpoint_from_the_command_line_and_after_a_restart(tmp_path, receiver):
    store = str(tmp_path / "store.sqlite")
    arguments = ("--webhook", receiver.url, "--secret", receiver.secret, "--store", store)
    running = launch(*arguments)
    running.control("/webhooks", delay=1.0)
    paid_intent(running.client().v1)
    running.process.kill()
    running.stop()
    assert receiver.events == []
    running = launch(*arguments)
    try:
        settle(running)
        assert len(running.client().v1.webhook_endpoints.list().data) == 1
    finally:
        running.stop()
    assert len(set(receiver.ids())) == 3
