"""Troubles on demand do what they say, and the file outlives a killed process."""

from __future__ import annotations

import time

import httpx
import pytest
import stripe

from tests.simulator.running import CARD, launch, paid_intent, session_request

WISH = {"amount": 100, "currency": "cny"}


class TestCalls:
    @pytest.mark.parametrize(
        ("kind", "error", "made"),
        [
            ("lost", stripe.APIConnectionError, 1),
            ("cut", stripe.APIConnectionError, 0),
            ("error_before", stripe.APIError, 0),
            ("error_after", stripe.APIError, 1),
            ("rate_limit", stripe.RateLimitError, 0),
        ],
    )
    def test_goes_wrong_once_in_the_way_asked_for(self, simulator, api, kind, error, made):
        simulator.control("/faults", kind=kind, method="POST", path="/v1/payment_intents", times=1)
        with pytest.raises(error):
            api.payment_intents.create(WISH)
        assert len(simulator.look("/objects/payment_intent")) == made
        api.payment_intents.create(WISH)
        assert len(simulator.look("/objects/payment_intent")) == made + 1

    def test_only_the_nth_call_goes_wrong(self, simulator, api):
        simulator.control("/faults", kind="rate_limit", path="/v1/balance", nth=2)
        api.balance.retrieve()
        with pytest.raises(stripe.RateLimitError):
            api.balance.retrieve()
        api.balance.retrieve()

    def test_a_share_of_calls_goes_wrong_the_same_way_for_the_same_seed(self, simulator, api):
        def run() -> list[int]:
            simulator.control("/reset", seed=5)
            simulator.control("/faults", kind="error_before", probability=0.3)
            path = "/v1/payment_intents"
            return [simulator.post(path, "amount=1&currency=cny").status_code for _ in range(30)]

        first = run()
        assert first == run()
        assert 3 <= first.count(500) <= 15

    def test_delay(self, simulator, api):
        simulator.control("/faults", kind="delay", seconds=0.3, times=1)
        began = time.monotonic()
        api.balance.retrieve()
        assert time.monotonic() - began >= 0.3

    def test_library_tries_again_by_itself_without_doing_it_twice(self, simulator):
        simulator.control("/faults", kind="lost", path="/v1/payment_intents", times=1)
        client = stripe.StripeClient(
            "sk_test_1", base_addresses={"api": simulator.base}, max_network_retries=2
        )
        client.v1.payment_intents.create(WISH)
        assert len(simulator.look("/objects/payment_intent")) == 1

    def test_wrong_rules_are_refused_with_a_reason(self, simulator):
        answer = httpx.post(f"{simulator.base}/_control/faults", json={"kind": "explode"})
        assert answer.status_code == 400
        assert "kind must be one of delay" in answer.json()["error"]

    def test_ending_all_faults(self, simulator, api):
        simulator.control("/faults", kind="rate_limit")
        simulator.control("/faults", "DELETE")
        api.balance.retrieve()


class TestKill:
    @pytest.fixture
    def store(self, tmp_path):
        return str(tmp_path / "simulator.sqlite")

    @pytest.mark.parametrize(("kind", "made"), [("kill_before", 0), ("kill_after", 1)])
    def test_what_was_kept_is_there_after_a_restart(self, store, kind, made):
        running = launch("--store", store, "--seed", "3")
        kept = paid_intent(running.client().v1)
        running.control("/faults", kind=kind, path="/v1/payment_intents", nth=1)
        with pytest.raises(stripe.APIConnectionError):
            running.client().v1.payment_intents.create({**WISH, **CARD}, {"idempotency_key": "k"})
        assert running.process.wait(5) == 137
        running.stop()

        again = launch("--store", store, "--seed", "3")
        try:
            api = again.client().v1
            assert api.payment_intents.retrieve(kept.id).status == "succeeded"
            assert len(again.look("/objects/charge")) == 1 + made
            api.payment_intents.create({**WISH, **CARD}, {"idempotency_key": "k"})
            assert len(again.look("/objects/charge")) == 2
        finally:
            again.stop()


class TestControl:
    def test_clock_expires_sessions(self, simulator, api):
        made = api.checkout.sessions.create(session_request(expires_at=int(time.time()) + 1900))
        simulator.control("/clock", advance=1800)
        assert api.checkout.sessions.retrieve(made.id).status == "open"
        simulator.control("/clock", advance=200)
        assert api.checkout.sessions.retrieve(made.id).status == "expired"
        assert "checkout.session.expired" in {event.type for event in api.events.list().data}

    def test_clock_does_not_go_back(self, simulator):
        answer = httpx.post(f"{simulator.base}/_control/clock", json={"advance": -1})
        assert answer.status_code == 400

    def test_a_declined_buyer_leaves_the_session_open(self, simulator, api):
        made = api.checkout.sessions.create(session_request())
        answer = httpx.post(
            f"{simulator.base}/_control/sessions/{made.id}/complete",
            json={"number": "4000000000009995"},
        )
        assert answer.status_code == 402
        assert answer.json()["detail"]["decline_code"] == "insufficient_funds"
        session = api.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
        assert (session.status, session.payment_intent.status) == (
            "open",
            "requires_payment_method",
        )
        simulator.control(f"/sessions/{made.id}/complete")
        assert api.checkout.sessions.retrieve(made.id).payment_status == "paid"

    def test_overview_counts_objects(self, simulator, api):
        paid_intent(api)
        assert simulator.look("/")["objects"]["charge"] == 1

    def test_other_host_names_are_refused(self, simulator):
        answer = httpx.get(f"{simulator.base}/_control/", headers={"Host": "evil.example:80"})
        assert answer.status_code == 403

    def test_settings_change_fees(self, simulator, api):
        simulator.control("/settings", card_fee_bp=0, card_fee_fixed=7)
        paid = paid_intent(api, expand=["latest_charge.balance_transaction"])
        assert paid.latest_charge.balance_transaction.fee == 7
        answer = httpx.post(f"{simulator.base}/_control/settings", json={"no_such": 1})
        assert answer.status_code == 400
