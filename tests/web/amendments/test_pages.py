"""Amendments through the client, in both languages."""

from __future__ import annotations

import pytest

from marketplace.amendments import queries
from marketplace.amendments.models import AmendmentState
from marketplace.organizations.models import Organization
from marketplace.performance.queries import plans
from marketplace.web.clock import now
from tests.amending import conclude, propose
from tests.clients import words
from tests.forms import typed
from tests.pdf_words import words_of


@pytest.fixture
def deal(make):
    return make.performing()


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


@pytest.fixture
def people(session, make, deal):
    return [
        make.member(session.get_one(Organization, one))
        for one in (deal.licensor_id, deal.licensee_id)
    ]


def address(deal, rest=""):
    return f"/deals/{deal.id}/amendments{rest}"


def filled(client, deal):
    """What the form holds when it is opened."""
    return {name: values[0] if values else "" for name, values in form_of(client, deal).items()}


def form_of(client, deal):
    found = typed(client.get(address(deal, "/new")))
    return {name: values for name, values in found.items() if not name.endswith("-dropped")}


def test_is_proposed_signed_and_in_force(client, session, deal, people):
    client.sign_in(people[1])
    assert "The contract stands as it was signed." in words(client.get("/en" + address(deal)))
    data = filled(client, deal)
    data |= {
        "grounds": "产线延期",
        "rows-1-amount_minor": "500000",
        "rows-2-dropped": "y",
        "rows-3-name": "中试",
        "rows-3-criterion": "连续运行72小时",
        "rows-3-amount_minor": "200,000.50",
        "term_months": "48",
        "royalty_form": "fixed",
        "royalty_steps-0-rate_bp": "2.5",
        "royalty_steps-1-from_minor": "",
        "royalty_steps-1-rate_bp": "",
    }
    made = client.post(address(deal, "/new"), data=data)
    assert made.status_code == 303, words(made)
    row = queries.find_open(session, deal.id)
    for path in ("", "/en"):
        told = words(client.get(path + address(deal, f"/{row.id}")))
        assert "中试" in told
        assert "200,000.50" in told
    assert "Nothing is changed yet" in told
    assert "Only the party" not in told
    assert "Amendments that wait for signatures" in words(client.get("/en/desk"))
    for person in people:
        client.sign_in(person)
        data = typed(client.get(f"/papers/{row.paper_id}"))
        data |= {"name": person.name, "agreed": "y"}
        answer = client.post(f"/papers/{row.paper_id}/sign", data=data)
        assert answer.status_code == 303, words(answer)
    session.expire_all()
    assert queries.get_amendment(session, deal.id, row.id).state is AmendmentState.IN_FORCE
    contract = plans.find_contract(session, deal.id)
    assert contract.amount_minor == 10_000_00 + 500_000_00 + 200_000_50
    told = words(client.get(f"/en/deals/{deal.id}/money"))
    assert "中试" in told
    assert "Amendment no. 1" in told
    for language in ("zh", "en"):
        found = words_of(client.get(f"/papers/{row.paper_id}.pdf?language={language}").data)
        assert "产线延期" in found


def test_refusals_are_told_and_keep_what_was_typed(client, session, deal, people, sides):
    client.sign_in(people[0])
    data = filled(client, deal) | {"grounds": "无变化"}
    refused = client.post("/en" + address(deal, "/new"), data=data)
    assert refused.status_code == 422
    assert "This changes nothing" in words(refused)
    assert "无变化" in refused.text
    forged = data | {"rows-0-milestone_id": "nothing", "term_months": "40"}
    assert client.post(address(deal, "/new"), data=forged).status_code == 422
    row = propose(session, deal, sides[1], term_months=48)
    one = address(deal, f"/{row.id}")
    assert client.post(one + "/refuse", data={}).status_code == 422
    assert client.post(one + "/refuse", data={"reason": "期限过长"}).status_code == 303
    assert "期限过长" in words(client.get(one))
    assert client.post(one + "/refuse", data={"reason": "再次"}).status_code == 409
    again = propose(session, deal, sides[0], term_months=48)
    assert client.post(address(deal, f"/{again.id}/withdraw")).status_code == 303
    assert "Amendment withdrawn" in words(client.get("/en" + address(deal, f"/{again.id}")))


def test_strangers_find_nothing(client, session, make, deal, sides):
    row = propose(session, deal, sides[0], term_months=48)
    client.sign_in(make.member(make.organization()))
    for path in ("", "/new", f"/{row.id}"):
        assert client.get(address(deal, path)).status_code == 404


def test_recording_is_written_down(client, session, deal, people, sides):
    row = conclude(session, propose(session, deal, sides[0], clauses="一"), sides)
    row.record_by = row.effective_on
    session.flush()
    client.sign_in(people[0])
    one = address(deal, f"/{row.id}")
    assert "not confirmed" in words(client.get("/en" + one))
    assert client.post(one + "/record", data={"number": "B1"}).status_code == 422
    data = {"number": "B1", "recorded_on": "2020-01-01"}
    assert client.post(one + "/record", data=data).status_code == 422
    data["recorded_on"] = max(now().date(), row.effective_on).isoformat()
    answer = client.post(one + "/record", data=data)
    assert answer.status_code in {303, 422}
