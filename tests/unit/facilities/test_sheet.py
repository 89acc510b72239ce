from __future__ import annotations

from datetime import date

import pytest

from marketplace.codes.districts import DISTRICTS, WUHAN
from marketplace.facilities.content import OUTLINE, PARTS, empty_content
from marketplace.facilities.districts import TILES
from marketplace.facilities.models import Facility, FacilityKind
from marketplace.facilities.sheet import Validity, certificates_of, localized, validity_of
from marketplace.facilities.wording import Wording, amount_of, label_of

TODAY = date(2026, 11, 25)
WORDS = Wording(say=lambda text: text, language="en")


class TestValidity:
    @pytest.mark.parametrize(
        ("day", "validity"),
        [
            (None, Validity.UNDATED),
            (date(2026, 11, 24), Validity.EXPIRED),
            (TODAY, Validity.SOON),
            (date(2027, 1, 24), Validity.SOON),
            (date(2027, 1, 25), Validity.VALID),
        ],
    )
    def test_counts_the_last_day(self, day, validity):
        assert validity_of(day, TODAY) is validity

    def test_is_given_with_each_certificate(self):
        found = certificates_of(
            [
                {"kind": "CNAS", "number": "L1", "scope": None, "expires_on": "2026-01-01"},
                {"kind": "CMA"},
            ],
            TODAY,
        )
        assert [(one.kind, one.validity) for one in found] == [
            ("CNAS", Validity.EXPIRED),
            ("CMA", Validity.UNDATED),
        ]
        assert found[0].scope == ""


class TestLocalized:
    def test_falls_back_to_chinese(self):
        facility = Facility(
            organization_id=None, kind=FacilityKind.OFFICE, name="园", name_en="Park", address="路"
        )
        assert localized(facility, "en")["name"] == "Park"
        assert localized(facility, "en")["address"] == "路"
        assert localized(facility, "zh")["name"] == "园"


class TestAmount:
    @pytest.mark.parametrize(
        ("low", "high", "shown"),
        [
            ("1", "5", "1–5 kg"),
            ("5", "5", "5 kg"),
            ("1", "", "≥ 1 kg"),
            ("", "5", "≤ 5 kg"),
            ("", "", ""),
        ],
    )
    def test_shows_both_ends(self, low, high, shown):
        assert amount_of({"amount_from": low, "amount_to": high, "unit": "kg"}) == shown


class TestWording:
    @pytest.mark.parametrize(
        ("name", "value", "lines"),
        [
            ("kind", "office", ["Office space in an innovation park"]),
            ("services", ["sharing"], ["Shared use of instruments"]),
            ("district_code", "420111", ["Hongshan District"]),
            ("contact_public", False, ["No"]),
            ("follows_holidays", True, ["Yes"]),
            ("filing_proof_id", "x", ["A file is attached"]),
            ("summary", "a\nb", ["a", "b"]),
            ("summary", "", []),
            ("trl_from", None, []),
            (
                "instruments",
                [
                    {
                        "kind": "line",
                        "name": "线",
                        "count": 2,
                        "maker": "厂",
                        "bookable": True,
                        "needs_qualification": True,
                    }
                ],
                ["Pilot line · 线 × 2 · 厂 · bookable · needs a qualification"],
            ),
            (
                "capabilities",
                [
                    {
                        "operation": "涂布",
                        "material": "浆料",
                        "amount_from": "1",
                        "amount_to": "2",
                        "unit": "kg",
                        "form": "液体",
                        "output": "膜",
                        "accuracy": "±2 μm",
                    }
                ],
                ["涂布 · 浆料 1–2 kg 液体 → 膜 · ±2 μm"],
            ),
            ("safety_limits", [{"name": "压力", "limit": "1 MPa"}], ["压力 · 1 MPa"]),
            (
                "certificates",
                [{"kind": "CMA", "number": "1", "scope": "", "expires_on": "2027-01-01"}],
                ["CMA · 1 · 2027-01-01"],
            ),
            ("people", [{"name": "李", "role": "主任", "field": ""}], ["李 · 主任"]),
            ("photos", [{"attachment_id": "x", "alt": "线", "alt_en": "line"}], ["线 · line"]),
            (
                "hours",
                [{"weekday": 1, "opens": "09:00", "closes": "17:00"}],
                ["Monday 09:00–17:00"],
            ),
            (
                "closures",
                [{"from": "2026-01-01", "to": "2026-01-02", "reason": ""}],
                ["2026-01-01 – 2026-01-02"],
            ),
        ],
    )
    def test_makes_lines_that_people_read(self, name, value, lines):
        assert WORDS.lines(name, value) == lines

    def test_shows_an_unknown_value_as_itself(self):
        assert label_of(FacilityKind, "castle") == "castle"


class TestChanges:
    def test_gives_the_parts_that_differ(self):
        old = empty_content() | {"name": "甲", "summary": "旧"}
        found = OUTLINE.changes(old, old | {"summary": "新"}, WORDS.lines)
        assert [change.name for change in found] == ["summary"]

    def test_all_is_new_at_first(self):
        names = [
            one.name for one in OUTLINE.changes({}, empty_content() | {"name": "甲"}, WORDS.lines)
        ]
        assert "name" in names
        assert set(names) <= set(PARTS)


def test_every_district_of_wuhan_has_a_tile_of_its_own():
    assert set(TILES) == {one.code for one in DISTRICTS.children(WUHAN)}
    assert len(set(TILES.values())) == len(TILES)
