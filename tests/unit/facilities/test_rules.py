from __future__ import annotations

from datetime import date

import pytest

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.facilities.content import PARTS, STEPS, empty_content, filled, steps_of
from marketplace.facilities.models import FacilityKind, FacilityStatus
from marketplace.facilities.rules import (
    LIFECYCLE,
    is_application,
    missing,
    require_publishable,
    steps_served,
)
from tests.factories.facilities import COMPLETE

TODAY = date(2026, 11, 25)
S = FacilityStatus
ALLOWED = {
    "send": {S.DRAFT, S.RETURNED},
    "recall": {S.UNDER_REVIEW},
    "return": {S.UNDER_REVIEW},
    "publish": {S.UNDER_REVIEW},
    "suspend": {S.PUBLISHED},
    "restore": {S.SUSPENDED},
    "withdraw": set(S) - {S.WITHDRAWN},
    "reopen": {S.WITHDRAWN},
}


def content(**values):
    full = {name: value for name, value in COMPLETE.items() if name in PARTS} | {
        "instruments": [{"id": "a"}]
    }
    return filled(empty_content() | full | values)


def parts(**values):
    return [remark.part for remark in missing(content(**values), today=TODAY)]


class TestLifecycle:
    @pytest.mark.parametrize("step", sorted(ALLOWED))
    @pytest.mark.parametrize("state", list(S))
    def test_allows_the_table_and_nothing_else(self, step, state):
        assert LIFECYCLE.allows(state, step) == (state in ALLOWED[step])
        if state not in ALLOWED[step]:
            with pytest.raises(StepNotAllowed):
                LIFECYCLE.next(state, step)

    def test_names_every_step(self):
        assert LIFECYCLE.events == set(ALLOWED)


class TestMissing:
    def test_finds_nothing_in_a_complete_text(self):
        assert parts() == []

    @pytest.mark.parametrize(
        ("values", "part"),
        [
            ({"summary": ""}, "summary"),
            ({"district_code": None}, "district_code"),
            ({"address": ""}, "address"),
            ({"contact_name": ""}, "contact_name"),
            ({"contact_phone": ""}, "contact_phone"),
            ({"industry_codes": []}, "industry_codes"),
            ({"hours": []}, "hours"),
            ({"instruments": []}, "instruments"),
            ({"trl_from": None}, "trl_from"),
            ({"trl_to": None}, "trl_from"),
            ({"capabilities": []}, "capabilities"),
            ({"services": []}, "services"),
            ({"kind": "concept_center", "verifications": []}, "verifications"),
        ],
    )
    def test_names_what_is_empty(self, values, part):
        assert parts(**values) == [part]

    def test_asks_an_office_for_no_capability(self):
        empty = {"trl_from": None, "trl_to": None, "capabilities": [], "services": []}
        assert parts(kind="office", industry_codes=[], **empty) == []

    def test_asks_each_kind_for_its_own_list(self):
        assert parts(kind="concept_center", services=[]) == []
        assert parts(kind="laboratory", services=[], verifications=[]) == []

    @pytest.mark.parametrize(
        ("values", "part"),
        [
            ({"filing_level": "province"}, ["filing_number"]),
            ({"filing_level": "city", "kind": "laboratory"}, ["filing_level"]),
            ({"filing_level": "city"}, []),
            (
                {"filing_level": "city", "filing_number": "1", "filed_on": "2025-01-01"},
                ["filing_proof_id"],
            ),
            (
                {
                    "filing_level": "city",
                    "filing_number": "1",
                    "filed_on": "2026-11-26",
                    "filing_proof_id": "x",
                },
                ["filed_on"],
            ),
            (
                {
                    "filing_level": "national",
                    "filing_number": "1",
                    "filed_on": "2026-11-25",
                    "filing_proof_id": "x",
                },
                [],
            ),
        ],
    )
    def test_judges_the_filing(self, values, part):
        assert parts(**values) == part

    def test_asks_for_no_proof_of_a_number_that_was_reviewed(self):
        filed = content(filing_level="city", filing_number="1", filed_on="2025-01-01")
        assert missing(filed, today=TODAY, known_number="1") == []
        assert missing(filed, today=TODAY, known_number="2") != []

    def test_leads_to_the_step_that_mends(self):
        (remark,) = missing(content(hours=[]), today=TODAY)
        assert PARTS[remark.part].step == "hours"

    def test_stops_the_publication(self):
        with pytest.raises(RuleBroken) as error:
            require_publishable(content(address="", hours=[]), today=TODAY)
        assert (error.value.field, error.value.values["count"]) == ("address", 2)
        require_publishable(content(), today=TODAY)


class TestStepsServed:
    @pytest.mark.parametrize(
        ("low", "high", "steps"),
        [(4, 6, (5, 6)), (5, 5, (5,)), (None, 6, ()), (4, None, ()), (1, 9, tuple(range(2, 10)))],
    )
    def test_gives_the_levels_that_can_be_reached(self, low, high, steps):
        assert steps_served(low, high) == steps


def test_an_application_is_the_citys_level_without_a_number():
    assert is_application("city", "")
    assert not is_application("city", "1")
    assert not is_application("province", "")
    assert not is_application(None, "")


def test_every_part_belongs_to_a_step():
    assert {name for step in STEPS for name in steps_of(step)} == set(PARTS)


def test_kinds_are_the_four_of_the_plan():
    assert {kind.value for kind in FacilityKind} == {
        "concept_center",
        "pilot_platform",
        "laboratory",
        "office",
    }
