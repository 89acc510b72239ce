"""The first answer to a key is given again, whatever it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.simulator.running import CARD, paid_intent

DAY = 24 * 3600
INTENT = "amount=5000&currency=cny"


def key(name: str) -> dict[str, str]:
    return {"idempotency_key": name}


class TestReplay:
    def test_same_key_makes_one_payment(self, simulator, api):
        made = [
            api.payment_intents.create({"amount": 100, "currency": "cny", **CARD}, key("a"))
            for _ in range(3)
        ]
        assert len({each.id for each in made}) == 1
        assert len(simulator.look("/objects/charge")) == 1

    def test_says_that_it_is_a_replay(self, simulator):
        first = simulator.post("/v1/payment_intents", INTENT, **{"Idempotency-Key": "a"})
        second = simulator.post("/v1/payment_intents", INTENT, **{"Idempotency-Key": "a"})
        assert "Idempotent-Replayed" not in first.headers
        assert second.headers["Idempotent-Replayed"] == "true"
        assert second.headers["Request-Id"] == first.headers["Request-Id"]
        assert second.json() == first.json()

    def test_order_of_parameters_does_not_matter(self, simulator):
        first = simulator.post("/v1/payment_intents", INTENT, **{"Idempotency-Key": "a"})
        turned = "currency=cny&amount=5000"
        second = simulator.post("/v1/payment_intents", turned, **{"Idempotency-Key": "a"})
        assert second.json()["id"] == first.json()["id"]

    def test_a_decline_is_given_again(self, simulator, api):
        for _ in range(2):
            with pytest.raises(stripe.CardError) as declined:
                api.payment_intents.create(
                    {
                        "amount": 100,
                        "currency": "cny",
                        **CARD,
                        "payment_method": "pm_card_chargeDeclined",
                    },
                    key("a"),
                )
            assert declined.value.code == "card_declined"
        assert len(simulator.look("/objects/charge")) == 1

    def test_a_server_error_is_given_again(self, simulator, api):
        simulator.control("/faults", kind="error_after", path="/v1/payment_intents", times=1)
        for _ in range(2):
            with pytest.raises(stripe.APIError):
                api.payment_intents.create({"amount": 100, "currency": "cny"}, key("a"))
        assert len(simulator.look("/objects/payment_intent")) == 1

    def test_ends_after_a_day(self, simulator, api):
        first = api.payment_intents.create({"amount": 100, "currency": "cny"}, key("a"))
        simulator.control("/clock", advance=DAY - 60)
        again = api.payment_intents.create({"amount": 100, "currency": "cny"}, key("a"))
        simulator.control("/clock", advance=120)
        other = api.payment_intents.create({"amount": 100, "currency": "cny"}, key("a"))
        assert first.id == again.id != other.id


class TestMismatch:
    def test_other_parameters_are_refused(self, simulator, api):
        api.payment_intents.create({"amount": 100, "currency": "cny"}, key("a"))
        with pytest.raises(stripe.IdempotencyError) as refused:
            api.payment_intents.create({"amount": 200, "currency": "cny"}, key("a"))
        assert refused.value.http_status == 400
        assert len(simulator.look("/objects/payment_intent")) == 1

    def test_another_operation_is_refused(self, simulator, api):
        paid = paid_intent(api)
        api.refunds.create({"payment_intent": paid.id, "amount": 10}, key("a"))
        with pytest.raises(stripe.IdempotencyError):
            api.payment_intents.update(paid.id, {"metadata": {"a": "b"}}, key("a"))

    def test_each_account_has_keys_of_its_own(self, simulator, api):
        payee = api.accounts.create({"country": "HK"}, key("a"))
        simulator.control(f"/accounts/{payee.id}/onboard")
        there = {"stripe_account": payee.id, **key("a")}
        made = api.payment_intents.create({"amount": 100, "currency": "cny"}, there)
        assert made.id.startswith("pi_")


class TestNotKept:
    def test_unreadable_parameters(self, simulator, api):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.payment_intents.create({"amount": 100}, key("a"))
        assert refused.value.code == "parameter_missing"
        assert refused.value.param == "currency"
        assert api.payment_intents.create({"amount": 100, "currency": "cny"}, key("a")).id

    def test_too_many_calls(self, simulator, api):
        simulator.control("/faults", kind="rate_limit", times=1)
        with pytest.raises(stripe.RateLimitError):
            api.payment_intents.create({"amount": 100, "currency": "cny"}, key("a"))
        assert api.payment_intents.create({"amount": 100, "currency": "cny"}, key("a")).id

    def test_a_call_in_flight(self, simulator):
        simulator.control("/faults", kind="delay", seconds=0.6, times=1)

        def send(_: int) -> int:
            headers = {"Idempotency-Key": "a"}
            return simulator.post("/v1/payment_intents", INTENT, **headers).status_code

        with ThreadPoolExecutor(4) as pool:
            codes = sorted(pool.map(send, range(4)))
        assert codes == [200, 409, 409, 409]
        assert len(simulator.look("/objects/payment_intent")) == 1
        assert send(0) == 200


def test_a_lost_response_is_found_by_the_same_key(simulator, api):
    simulator.control("/faults", kind="lost", path="/v1/refunds", times=1)
    paid = paid_intent(api)
    wish = {"payment_intent": paid.id, "amount": 300}
    with pytest.raises(stripe.APIConnectionError):
        api.refunds.create(wish, key("r"))
    again = api.refunds.create(wish, key("r"))
    assert [each["id"] for each in simulator.look("/objects/refund")] == [again.id]
