"""Keys, errors, lists, search and open references as the official library meets them."""

from __future__ import annotations

import pytest
import stripe

from devtools.stripe_simulator.errors import BadParameters
from devtools.stripe_simulator.forms import read_form
from marketplace.payments.gateway.provider import LIVE_KEYS
from tests.simulator.running import paid_intent, session_request


class TestForms:
    def test_brackets(self):
        text = "a=1&b[c]=2&b[d][]=3&b[d][]=4&e[0][f]=5&e[1][f]=6&g="
        assert read_form(text) == {
            "a": "1",
            "b": {"c": "2", "d": ["3", "4"]},
            "e": [{"f": "5"}, {"f": "6"}],
            "g": "",
        }

    @pytest.mark.parametrize("text", ["a[b=1", "[a]=1", "a]b[=1", "a=1&a[b]=2"])
    def test_broken_brackets(self, text):
        with pytest.raises(BadParameters):
            read_form(text)


class TestKeys:
    @pytest.mark.parametrize("key", [f"{LIVE_KEYS[0]}1234567890", "nonsense"])
    def test_only_test_keys(self, simulator, key):
        client = stripe.StripeClient(key, base_addresses={"api": simulator.base})
        with pytest.raises(stripe.AuthenticationError) as refused:
            client.v1.balance.retrieve()
        assert key not in str(refused.value)

    def test_no_key(self, simulator):
        assert simulator.web.get(f"{simulator.base}/v1/balance").status_code == 401

    def test_key_as_user_name(self, simulator):
        answer = simulator.web.get(f"{simulator.base}/v1/balance", auth=("sk_test_1", ""))
        assert answer.status_code == 200

    def test_unknown_account(self, api):
        with pytest.raises(stripe.PermissionError):
            api.balance.retrieve(options={"stripe_account": "acct_none"})


class TestErrors:
    def test_unknown_object(self, api):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            api.payment_intents.retrieve("pi_none")
        error = refused.value
        assert (error.http_status, error.code) == (404, "resource_missing")
        assert error.request_id.startswith("req_")

    def test_unknown_path(self, simulator):
        answer = simulator.post("/v1/nothing", "")
        assert answer.status_code == 404
        assert "does not cover it" in answer.json()["error"]["message"]

    @pytest.mark.parametrize(
        ("text", "code", "param"),
        [
            ("amount=x&currency=cny", "parameter_invalid_integer", "amount"),
            ("amount=0&currency=cny", "parameter_invalid_integer", "amount"),
            ("amount=100000000&currency=cny", "amount_too_large", "amount"),
            ("currency=cny", "parameter_missing", "amount"),
            ("amount=1&currency=cny&amuont=2", "parameter_unknown", "amuont"),
            ("amount=1&currency=cny&metadata=x", None, "metadata"),
            ("amount=1&currency=cny&confirm=yes", None, "confirm"),
            ("amount=1&currency=cny&capture_method=never", None, "capture_method"),
        ],
    )
    def test_unreadable_parameters(self, simulator, text, code, param):
        answer = simulator.post("/v1/payment_intents", text)
        error = answer.json()["error"]
        assert answer.status_code == 400
        assert (error["type"], error.get("code"), error["param"]) == (
            "invalid_request_error",
            code,
            param,
        )

    @pytest.mark.parametrize(
        "metadata",
        [{"k" * 41: "v"}, {"k": "v" * 501}, {f"k{n}": "v" for n in range(51)}],
        ids=["key", "value", "count"],
    )
    def test_metadata_has_limits(self, api, metadata):
        with pytest.raises(stripe.InvalidRequestError):
            api.payment_intents.create({"amount": 1, "currency": "cny", "metadata": metadata})

    def test_version_is_told(self, simulator):
        answer = simulator.post("/v1/payment_intents", "", **{"Stripe-Version": "2026-10-28.x"})
        assert answer.headers["Stripe-Version"] == "2026-10-28.x"
        assert answer.headers["Request-Id"].startswith("req_")


class TestLists:
    def test_pages_forwards_and_backwards(self, api):
        made = [paid_intent(api, 100 + n).id for n in range(7)][::-1]
        first = api.payment_intents.list({"limit": 3})
        assert ([each.id for each in first.data], first.has_more) == (made[:3], True)
        second = api.payment_intents.list({"limit": 4, "starting_after": made[2]})
        assert ([each.id for each in second.data], second.has_more) == (made[3:], False)
        back = api.payment_intents.list({"limit": 2, "ending_before": made[4]})
        assert ([each.id for each in back.data], back.has_more) == (made[2:4], True)
        whole = api.payment_intents.list({"limit": 2}).auto_paging_iter()
        assert [each.id for each in whole] == made

    def test_unknown_cursor_is_refused(self, api):
        with pytest.raises(stripe.InvalidRequestError):
            api.payment_intents.list({"starting_after": "pi_none"})

    def test_span_of_time(self, simulator, api):
        old = paid_intent(api)
        simulator.control("/clock", advance=1000)
        new = paid_intent(api)
        found = api.payment_intents.list({"created": {"gt": old.created + 500}})
        assert [each.id for each in found.data] == [new.id]
        found = api.payment_intents.list({"created": old.created})
        assert [each.id for each in found.data] == [old.id]

    def test_movements_by_kind(self, api):
        paid = paid_intent(api)
        api.refunds.create({"payment_intent": paid.id, "amount": 5})
        assert len(api.balance_transactions.list({"type": "charge"}).data) == 1
        assert len(api.balance_transactions.list({"type": "refund"}).data) == 1
        found = api.balance_transactions.list({"source": paid.latest_charge})
        assert [each.type for each in found.data] == ["charge"]

    def test_events_of_a_family(self, api):
        paid_intent(api)
        assert len(api.events.list({"type": "payment_intent.*"}).data) == 2

    def test_events_are_forgotten_after_thirty_days(self, simulator, api):
        paid_intent(api)
        simulator.control("/clock", advance=31 * 24 * 3600)
        kinds = {event.type for event in api.events.list().data}
        assert "payment_intent.succeeded" not in kinds


class TestSearch:
    def test_by_metadata_and_status(self, api):
        paid = paid_intent(api, metadata={"payment": "p-1"})
        paid_intent(api, metadata={"payment": "p-2"})
        query = "metadata['payment']:'p-1' AND status:'succeeded'"
        found = api.payment_intents.search({"query": query})
        assert [each.id for each in found.data] == [paid.id]

    def test_lags_when_told_to(self, simulator, api):
        simulator.control("/settings", search_lag=60)
        paid_intent(api, metadata={"payment": "p-1"})
        query = {"query": "metadata['payment']:'p-1'"}
        assert api.payment_intents.search(query).data == []
        simulator.control("/clock", advance=61)
        assert len(api.payment_intents.search(query).data) == 1

    def test_pages(self, api):
        for _ in range(5):
            paid_intent(api, metadata={"a": "b"})
        found = api.payment_intents.search({"query": "metadata['a']:'b'", "limit": 2})
        assert len({each.id for each in found.auto_paging_iter()}) == 5

    def test_unreadable_question(self, api):
        with pytest.raises(stripe.InvalidRequestError):
            api.payment_intents.search({"query": "anything"})


class TestExpand:
    def test_closed_and_open(self, simulator, api):
        made = api.checkout.sessions.create(session_request())
        assert "line_items" not in made.to_dict()
        simulator.control(f"/sessions/{made.id}/complete")
        closed = api.checkout.sessions.retrieve(made.id)
        assert isinstance(closed.payment_intent, str)
        wish = ["payment_intent.latest_charge.balance_transaction", "line_items"]
        opened = api.checkout.sessions.retrieve(made.id, {"expand": wish})
        assert opened.payment_intent.latest_charge.balance_transaction.amount == 120_000
        assert opened.line_items.data[0].quantity == 2

    def test_what_is_no_reference_is_refused(self, api):
        paid = paid_intent(api)
        with pytest.raises(stripe.InvalidRequestError):
            api.payment_intents.retrieve(paid.id, {"expand": ["amount"]})

    def test_nothing_private_is_told(self, simulator, api):
        paid = paid_intent(api)
        text = simulator.web.get(
            f"{simulator.base}/v1/charges/{paid.latest_charge}", auth=("sk_test_1", "")
        ).text
        assert '"_' not in text
        assert "4242424242424242" not in text


class TestMetadata:
    def test_is_merged_and_emptied(self, api):
        made = api.payment_intents.create(
            {"amount": 1, "currency": "cny", "metadata": {"a": "1", "b": "2"}}
        )
        found = api.payment_intents.update(made.id, {"metadata": {"a": "", "c": "3"}})
        assert found.metadata.to_dict() == {"b": "2", "c": "3"}
        found = api.payment_intents.update(made.id, {"metadata": ""})
        assert found.metadata.to_dict() == {}
