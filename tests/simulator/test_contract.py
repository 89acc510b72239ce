"""What the simulator takes and gives is what Stripe's own description says."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl

import pytest

from devtools.stripe_simulator.operations import OPERATIONS, match
from devtools.stripe_simulator.server import load_nouns
from tests.simulator import scenario
from tests.simulator.shapes import Description, unlike

load_nouns()
#: Members of the mock server's made-up answers that Stripe gives only on request,
#: or for capabilities and ways to pay that were not asked for.
ELSEWHERE = re.compile(
    r"\.refunds: |\.source: |\.total_count: "
    r"|\.capabilities\.card_payments: |\.destination_details\.card: "
    r"|\.(payment_method|payment_method_details)\.card: "
)


@pytest.fixture(scope="session")
def calls(shared_simulator):
    shared_simulator.control("/reset", seed=1, endpoints=False)
    scenario.run(shared_simulator)
    return shared_simulator.look("/calls")


@pytest.fixture(scope="session")
def description(stripe_mock):
    return Description(stripe_mock.description)


class TestScenario:
    def test_all_calls_are_answered(self, calls):
        assert [(c["path"], c["answer"]) for c in calls if c["status"] != 200] == []

    def test_makes_every_call_that_the_simulator_takes(self, calls):
        made = {match(call["method"], call["path"])[0].path + call["method"] for call in calls}
        assert {known.path + known.method for known in OPERATIONS} - made == set()


class TestParameters:
    @pytest.mark.parametrize(
        "known", OPERATIONS, ids=[f"{known.method} {known.path}" for known in OPERATIONS]
    )
    def test_stripe_knows_them(self, description, known):
        theirs = description.parameters(known.method, known.path)
        assert list(_unknown(description, known.fields, theirs)) == []

    def test_finds_one_that_stripe_does_not_know(self, description):
        theirs = description.parameters("POST", "/v1/refunds")
        fields = {**match("POST", "/v1/refunds")[0].fields}
        fields["amuont"] = fields["amount"]
        assert list(_unknown(description, fields, theirs)) == ["amuont"]


def _unknown(description, fields, theirs, under=""):
    """Find parameters, members and words that Stripe's description has not."""
    for name, ours in fields.items():
        if name not in theirs:
            yield under + name
            continue
        options = _alternatives(description, theirs[name])
        words = {word for option in options for word in option.get("enum", [])}
        if ours.choices and words:
            yield from (f"{under}{name}={word}" for word in set(ours.choices) - words)
        inside = ours.inside or (ours.each.inside if ours.each else {})
        if inside:
            members: dict[str, Any] = {}
            for option in options:
                whole = description.resolve(option.get("items", option))
                members |= whole.get("properties", {})
            yield from _unknown(description, inside, members, f"{under}{name}.")


def _alternatives(description, schema):
    schema = description.resolve(schema)
    return [description.resolve(one) for one in schema.get("anyOf", [schema])]


class TestRequests:
    def test_the_mock_server_takes_every_one(self, calls, stripe_mock):
        refused = []
        for call in calls:
            answer = stripe_mock.send(call["method"], call["path"], call["sent"])
            if answer.status_code != 200:
                refused.append((call["method"], call["path"], answer.json()["error"]["message"]))
        assert refused == []

    def test_the_mock_server_refuses_an_unknown_parameter(self, stripe_mock):
        assert stripe_mock.send("POST", "/v1/refunds", "charge=ch_1&amuont=5").status_code == 400


class TestAnswers:
    def test_are_as_described(self, calls, description):
        found = Counter()
        for call in calls:
            path = match(call["method"], call["path"])[0].path
            schema = description.answer(call["method"], path)
            found.update(f"{path}{p}" for p in description.problems(call["answer"], schema))
        assert "\n".join(sorted(found)) == ""

    def test_have_what_the_mock_servers_have(self, calls, stripe_mock):
        missing = set()
        for call in calls:
            path = match(call["method"], call["path"])[0].path
            answer = stripe_mock.send(call["method"], call["path"], call["sent"])
            found = unlike(call["answer"], answer.json())
            missing |= {f"{path}{each}" for each in found if not ELSEWHERE.search(each)}
        assert "\n".join(sorted(missing)) == ""

    def test_events_carry_objects_as_described(self, calls, description):
        found = set()
        for call in calls:
            if call["path"] != "/v1/events":
                continue
            for event in call["answer"]["data"]:
                thing = event["data"]["object"]
                schema = description.schemas[thing["object"]]
                found |= {f"{event['type']}{p}" for p in description.problems(thing, schema)}
        assert "\n".join(sorted(found)) == ""

    def test_a_wrong_type_is_found(self, description):
        schema = description.answer("POST", "/v1/refunds")
        found = description.problems({"id": 5, "object": "refund"}, schema)
        assert ".id: string expected, not 5" in found
        assert ".amount: is missing" in found


def test_bracket_style_is_what_the_library_sends(calls):
    sent = next(c["sent"] for c in calls if c["path"] == "/v1/checkout/sessions")
    names = dict(parse_qsl(sent))
    assert "line_items[0][price_data][product_data][name]" in names
