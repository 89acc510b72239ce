"""To a stranger another organization's records don't exist, on whatever address they stand.

All demo records are loaded, a few of the kinds that the demo lacks are made, and the owner of a
new verified enterprise then asks for every address of every one of them, by GET and by POST.
A new endpoint is swept without being named here; one that strangers may use is named in ``OPEN``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole
from marketplace.core.model import Model
from marketplace.demo.load import load
from marketplace.web.access import access_of
from tests.conftest import NOON
from tests.factories import Make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask

    from marketplace.core.model import Model as Row
    from tests.clients import Client

#: Where a name in an address is not its table's name.
NAMED = {
    "user_id": "User",
    "statement_id": "RoyaltyStatement",
    "manager_id": "ManagerProfile",
    "split_id": "IncomeSplit",
    "share_id": "SplitShare",
    "dispute_id": "DealDispute",
    "import_id": "FileImport",
    "part_id": "PaymentPart",
    "grant_id": "PlatformGrant",
    "notice_id": "PriceNotice",
    "report_id": "TestReport",
    "file_id": "RoomFile",
    "job_id": "LongJob",
    "search_id": "SavedSearch",
    "item_id": "CollectionItem",
    "slip_id": "BankSlip",
    "proof_id": "ReadinessProof",
    "rate_id": "MemberRate",
    "entry_id": "WaitEntry",
    "series_id": "BookingSeries",
    "record_id": "UseRecord",
    "task_id": "DealTask",
    "mute_id": "MatchMute",
    "cost_id": "DirectCost",
    "payee_id": "Organization",
    "origin_id": "Enquiry",
    "subject_id": "Milestone",
}
#: Two tables behind one name.
BY_ENDPOINT = {"needs.reply_to_question": "NeedQuestion", "facilities.question": "FacilityQuestion"}

#: What any verified enterprise may do with what others have published.
OPEN = frozenset(
    {
        "bookings.ask_qualification",
        "bookings.book",
        "bookings.book_weekly",
        "facilities.ask",
        "listings.enquire",
        "needs.ask_question",
        "needs.send_answer",
        # Public notices are there to be objected to.
        "performance.object_award",
        "terms.object_to",
    }
)
#: A person's own browsers: their rows are looked for among the asker's alone.
OWN = frozenset({"accounts.end_sign_in"})
#: Kinds of which neither the demo nor this test has a row; may only grow shorter.
WITHOUT_ROWS = frozenset(
    {
        "BookingSeries",
        "Commission",
        "DealDispute",
        "FileImport",
        "Holiday",
        "Inspection",
        "Invitation",
        "LongJob",
        "MatchMute",
        "MemberRate",
        "Payout",
        "Reconciliation",
        "Refund",
        "RoomFile",
    }
)
HIDDEN = frozenset({403, 404})
#: Rows of a kind that are tried: one of each state, at most so many.
STATES = 6


class Address(NamedTuple):
    endpoint: str
    values: dict[str, Any]
    methods: frozenset[str]


def _state(row: Row) -> str:
    for name in ("status", "state", "stage"):
        if (value := getattr(row, name, None)) is not None:
            return str(value)
    return ""


class Sweep:
    """Finds the addresses of everything that stands in the tables."""

    def __init__(self, app: Flask, session: Any) -> None:
        self.app, self.session = app, session
        self.models = {mapper.class_.__name__: mapper.class_ for mapper in Model.registry.mappers}
        self.rows: dict[str, list[Row]] = {}
        self.missing: set[str] = set()

    def model_name(self, endpoint: str, argument: str) -> str:
        plain = "".join(part.title() for part in argument.removesuffix("_id").split("_"))
        return BY_ENDPOINT.get(endpoint) or NAMED.get(argument) or plain

    def pick(self, name: str) -> list[Row]:
        """Give a row of each state of a kind."""
        if name not in self.rows:
            found: dict[str, Row] = {}
            for row in self.session.scalars(select(self.models[name]).limit(500)):
                found.setdefault(_state(row), row)
            self.rows[name] = list(found.values())[:STATES]
        if not self.rows[name]:
            self.missing.add(name)
        return self.rows[name]

    def addresses(self) -> Iterator[Address]:
        for rule in self.app.url_map.iter_rules():
            kinds = {name: type(kind).__name__ for name, kind in rule._converters.items()}
            ids = [name for name, kind in kinds.items() if kind == "UUIDConverter"]
            view = self.app.view_functions[rule.endpoint]
            if not ids or access_of(view) == "public" or rule.endpoint in OWN:
                continue
            for row in self.pick(self.model_name(rule.endpoint, ids[-1])):
                values: dict[str, Any] = {
                    name: 1 if kind == "IntegerConverter" else "x" for name, kind in kinds.items()
                }
                values |= {name: self._id_of(rule.endpoint, name, row) for name in ids[:-1]}
                values[ids[-1]] = row.id  # type: ignore[attr-defined]
                yield Address(rule.endpoint, values, frozenset(rule.methods or ()))

    def _id_of(self, endpoint: str, argument: str, row: Row) -> UUID:
        """Give the parent of a row, or any row of that kind when the row names none."""
        found = getattr(row, argument, None)
        return found or self.pick(self.model_name(endpoint, argument))[0].id  # type: ignore[attr-defined]


@pytest.fixture
def sweep(app, session) -> Sweep:
    load(session, now=NOON)
    make = Make(session)
    make.match()
    make.saved_search()
    make.collection(None, make.listing())
    make.need_question(make.need())
    make.facility_question()
    manager, need = make.manager(), make.need()
    introduction = make.introduction(manager, make.listing(), need)
    make.claim(introduction, make.mandate(manager, need))
    session.flush()
    return Sweep(app, session)


def _asked(client: Client, app: Flask, address: Address) -> dict[str, int]:
    """Ask for an address by each of its methods; give the answers that hide nothing."""
    with app.test_request_context():
        url = app.url_for(address.endpoint, **address.values)
    answers = {
        method: client.open(url, method=method).status_code
        for method in ("GET", "POST")
        if method in address.methods
    }
    return {method: status for method, status in answers.items() if status not in HIDDEN}


@pytest.mark.timeout(600)
class TestStrangers:
    def test_nothing_of_others_exists_for_them(self, sweep, app, client, make, session):
        client.sign_in(make.member(make.organization(), MemberRole.OWNER))
        shown: dict[str, list[dict[str, int]]] = defaultdict(list)
        addresses = list(sweep.addresses())
        for address in addresses:
            if answers := _asked(client, app, address):
                shown[address.endpoint].append(answers)
        assert len({address.endpoint for address in addresses}) > 250
        assert {name: found for name, found in shown.items() if name not in OPEN} == {}
        # An endpoint that no stranger can use any more has no business in the list.
        assert set(shown) == OPEN
        assert sweep.missing <= WITHOUT_ROWS
