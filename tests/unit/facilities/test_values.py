from __future__ import annotations

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.facilities.content import empty_content
from marketplace.facilities.values import sound


def content(**values):
    return empty_content() | {"name": "光谷中试平台"} | values


def capability(**values):
    names = ("operation", "material", "amount_from", "amount_to", "unit", "form", "output")
    return dict.fromkeys(names, "") | {"accuracy": ""} | values


def hours(*spans, weekday=1):
    return [{"weekday": weekday, "opens": opens, "closes": closes} for opens, closes in spans]


REFUSED = {
    "no name": ("name", content(name=" ")),
    "name too long": ("name", content(name="名" * 121)),
    "NUL": ("summary", content(summary="a\x00b")),
    "half of a pair": ("about", content(about="\ud800")),
    "too many rows": ("keywords", content(keywords=["x"] * 201)),
    "text too long": ("about", content(about="x" * 20_001)),
    "unknown industry": ("industry_codes", content(industry_codes=["Q99"])),
    "unknown field": ("field_codes", content(field_codes=["9999"])),
    "unknown service": ("services", content(services=["cooking"])),
    "unknown verification": ("verifications", content(verifications=["taste"])),
    "unknown kind": ("kind", content(kind="castle")),
    "unknown level": ("filing_level", content(filing_level="galaxy")),
    "district elsewhere": ("district_code", content(district_code="110000")),
    "number without level": ("filing_level", content(filing_number="1", filed_on="2025-01-01")),
    "number without day": ("filed_on", content(filing_number="1", filing_level="city")),
    "day that is none": ("filed_on", content(filed_on="2025-13-01")),
    "day of another age": ("filed_on", content(filed_on="0001-01-01")),
    "level off the scale": ("trl_from", content(trl_from=0)),
    "upper level off the scale": ("trl_to", content(trl_to=10)),
    "levels backwards": ("trl_to", content(trl_from=5, trl_to=4)),
    "phone in words": ("contact_phone", content(contact_phone="call me")),
    "address without @": ("contact_email", content(contact_email="a.example.com")),
    "instrument of no kind": ("instruments", content(instruments=[{"kind": "x", "name": "a"}])),
    "instrument without name": (
        "instruments",
        content(instruments=[{"kind": "line", "name": " "}]),
    ),
    "instrument too long": (
        "instruments",
        content(instruments=[{"kind": "line", "name": "a", "maker": "x" * 121}]),
    ),
    "too many pieces": (
        "instruments",
        content(instruments=[{"kind": "line", "name": "a", "count": 10_001}]),
    ),
    "negative pieces": (
        "instruments",
        content(instruments=[{"kind": "line", "name": "a", "count": -1}]),
    ),
    "amount in words": ("capabilities", content(capabilities=[capability(amount_from="many")])),
    "negative amount": (
        "capabilities",
        content(capabilities=[capability(amount_from="-1", unit="kg")]),
    ),
    "endless amount": (
        "capabilities",
        content(capabilities=[capability(amount_to="1e400", unit="kg")]),
    ),
    "amount NaN": ("capabilities", content(capabilities=[capability(amount_to="NaN", unit="g")])),
    "amounts backwards": (
        "capabilities",
        content(capabilities=[capability(amount_from="5", amount_to="4", unit="kg")]),
    ),
    "amount without unit": ("capabilities", content(capabilities=[capability(amount_to="4")])),
    "certificate of no kind": ("certificates", content(certificates=[{"kind": "", "number": "1"}])),
    "certificate of no day": (
        "certificates",
        content(certificates=[{"kind": "CMA", "expires_on": "soon"}]),
    ),
    "hours in words": ("hours", content(hours=hours(("early", "late")))),
    "hours open-ended": ("hours", content(hours=hours(("09:00", "")))),
    "hours backwards": ("hours", content(hours=hours(("17:00", "09:00")))),
    "hours overlapping": ("hours", content(hours=hours(("09:00", "12:00"), ("11:00", "13:00")))),
    "eighth weekday": ("hours", content(hours=hours(("09:00", "12:00"), weekday=8))),
    "closure backwards": (
        "closures",
        content(closures=[{"from": "2026-05-02", "to": "2026-05-01"}]),
    ),
    "closure without a day": ("closures", content(closures=[{"from": "", "to": "2026-05-01"}])),
}


class TestSound:
    @pytest.mark.parametrize(("field", "wrong"), REFUSED.values(), ids=REFUSED)
    def test_refuses_a_false_value_at_its_field(self, field, wrong):
        with pytest.raises(RuleBroken) as error:
            sound(wrong)
        assert error.value.field == field
        assert error.value.message

    def test_takes_a_draft_that_says_next_to_nothing(self):
        assert sound(content()) == content()

    def test_keeps_amounts_plain(self):
        (row,) = sound(
            content(capabilities=[capability(amount_from="1,000.50", amount_to="2e3", unit="kg")])
        )["capabilities"]
        assert (row["amount_from"], row["amount_to"]) == ("1000.5", "2000")

    def test_gives_a_new_instrument_an_id_and_keeps_an_old_one(self):
        rows = sound(
            content(
                instruments=[
                    {"kind": "line", "name": "新线"},
                    {"kind": "line", "name": "旧线", "id": "a", "count": 3, "bookable": True},
                ]
            )
        )["instruments"]
        assert rows[0]["id"]
        assert rows[0]["count"] == 1
        assert rows[0]["bookable"] is False
        assert (rows[1]["id"], rows[1]["count"], rows[1]["bookable"]) == ("a", 3, True)

    def test_orders_hours_and_reads_midnight_as_the_days_end(self):
        kept = sound(content(hours=hours(("13:00", "00:00"), ("09:00", "12:00"))))["hours"]
        assert [(row["opens"], row["closes"]) for row in kept] == [
            ("09:00", "12:00"),
            ("13:00", "24:00"),
        ]

    def test_takes_spans_that_touch(self):
        assert sound(content(hours=hours(("09:00", "12:00"), ("12:00", "13:00"))))

    def test_makes_one_day_of_a_closure_without_an_end(self):
        kept = sound(content(closures=[{"from": "2026-05-01", "to": "", "reason": " 检修 "}]))
        assert kept["closures"] == [{"from": "2026-05-01", "to": "2026-05-01", "reason": "检修"}]
