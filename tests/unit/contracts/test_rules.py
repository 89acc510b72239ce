"""Registration, recording and subsidy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.contracts import rules
from marketplace.contracts.models import RegistrationStatus
from marketplace.contracts.rules import Case, Point
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.terms.kinds import ContractKind

GOOD = Case(
    year=2026,
    kind=ContractKind.LICENSE,
    supplier_district="420111",
    receiver_district="4201Z1",
    is_signed=True,
    registration_number="2026420101000123",
    received_minor=50_000_000,
    has_slips=True,
    has_stamped_contract=True,
    rate_bp=200,
    cap_minor=100_000_000,
)


class TestLifecycle:
    @pytest.mark.parametrize("state", list(RegistrationStatus))
    @pytest.mark.parametrize("event", ["prepare", "file", "return", "register"])
    def test_goes_its_one_way(self, state, event):
        targets = {
            ("prepared", "prepare"): "prepared",
            ("returned", "prepare"): "prepared",
            ("prepared", "file"): "filed",
            ("returned", "file"): "filed",
            ("filed", "return"): "returned",
            ("filed", "register"): "registered",
        }
        target = targets.get((state.value, event))
        if target is None:
            with pytest.raises(StepNotAllowed):
                rules.REGISTRATION.next(state, event)
        else:
            assert rules.REGISTRATION.next(state, event) == target


class TestChecklist:
    def test_asks_for_what_the_kind_needs(self):
        license_ = rules.checklist(ContractKind.LICENSE, has_patent=True, is_export=True)
        assert {Point.RIGHTS, Point.EXPORT} <= set(license_)
        work = rules.checklist(ContractKind.DEVELOPMENT, has_patent=True, is_export=False)
        assert Point.PLAN in work
        assert not {Point.RIGHTS, Point.EXPORT} & set(work)
        advice = rules.checklist(ContractKind.CONSULTING, has_patent=False, is_export=False)
        assert len(advice) == 5

    def test_keeps_filing_back_until_all_is_ticked(self):
        points = [Point.CONTRACT, Point.SHEET]
        rules.require_ticked(points, ["contract", "sheet"])
        with pytest.raises(RuleBroken) as missing:
            rules.require_ticked(points, ["contract"])
        assert missing.value.values["point"] is Point.SHEET


class TestDays:
    def test_refuse_the_future_and_what_came_before(self):
        today = date(2026, 11, 20)
        rules.require_day(today, earliest=today, today=today, field="filed_on")
        for wrong in (date(2026, 11, 19), date(2026, 11, 21)):
            with pytest.raises(RuleBroken):
                rules.require_day(wrong, earliest=today, today=today, field="filed_on")

    @pytest.mark.parametrize(
        ("day", "months", "later"),
        [
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2026, 1, 15), 3, date(2026, 4, 15)),
            (date(2026, 12, 31), 12, date(2027, 12, 31)),
            (date(2027, 11, 30), 3, date(2028, 2, 29)),
        ],
    )
    def test_count_months_by_the_calendar(self, day, months, later):
        assert rules.months_later(day, months) == later

    def test_add_the_offices_days(self):
        assert rules.answer_due(date(2026, 11, 20), 30) == date(2026, 12, 20)

    def test_ask_recording_of_patent_licenses_alone(self):
        assert rules.needs_recording(ContractKind.LICENSE, has_patent=True)
        assert not rules.needs_recording(ContractKind.LICENSE, has_patent=False)
        assert not rules.needs_recording(ContractKind.TRANSFER, has_patent=True)


class TestTechnologyPart:
    def test_stays_within_the_amount(self):
        rules.require_technology_part(5, 5)
        rules.require_technology_part(5, 0)
        with pytest.raises(RuleBroken):
            rules.require_technology_part(6, 5)


class TestSubsidy:
    def test_is_two_percent_of_what_was_received(self):
        found = rules.subsidy(GOOD)
        assert found.qualifies
        assert found.amount_minor == 1_000_000

    def test_stops_at_the_cap(self):
        assert rules.subsidy(replace(GOOD, received_minor=10**11)).amount_minor == 100_000_000

    def test_never_rounds_up(self):
        assert rules.subsidy(replace(GOOD, received_minor=99)).amount_minor == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": ContractKind.CONSULTING},
            {"kind": ContractKind.SERVICE},
            {"supplier_district": "420500"},
            {"supplier_district": None},
            {"receiver_district": "310000"},
            {"is_signed": False},
            {"registration_number": ""},
            {"received_minor": 0},
            {"has_slips": False},
            {"has_stamped_contract": False},
        ],
    )
    def test_falls_with_each_condition_and_says_which(self, change):
        found = rules.subsidy(replace(GOOD, **change))
        assert not found.qualifies
        assert found.amount_minor == 0
        assert sum(not line.holds for line in found.findings) == 1

    @pytest.mark.parametrize("kind", [ContractKind.DEVELOPMENT, ContractKind.TRANSFER])
    def test_is_open_to_the_three_kinds(self, kind):
        assert rules.subsidy(replace(GOOD, kind=kind)).qualifies

    def test_explains_with_figures(self):
        lines = [line.places for line in rules.subsidy(GOOD).findings]
        assert {"year": 2026, "amount": 50_000_000} in lines
