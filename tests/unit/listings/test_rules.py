from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.listings.content import PARTS, STEPS, filled, steps_of
from marketplace.listings.models import ListingStatus
from marketplace.listings.rules import (
    LIFECYCLE,
    is_stale,
    missing,
    require_publishable,
    sound,
)
from tests.factories.listings import COMPLETE, patent_number

S = ListingStatus
TABLE = {
    "send": {S.DRAFT: S.UNDER_REVIEW, S.RETURNED: S.UNDER_REVIEW},
    "recall": {S.UNDER_REVIEW: S.DRAFT},
    "return": {S.UNDER_REVIEW: S.RETURNED},
    "publish": {S.UNDER_REVIEW: S.PUBLISHED},
    "renew": {S.PUBLISHED: S.PUBLISHED, S.EXPIRED: S.PUBLISHED},
    "expire": {S.PUBLISHED: S.EXPIRED},
    "withdraw": dict.fromkeys(
        (S.DRAFT, S.RETURNED, S.UNDER_REVIEW, S.PUBLISHED, S.EXPIRED), S.WITHDRAWN
    ),
    "reopen": {S.WITHDRAWN: S.DRAFT},
}


class TestLifecycle:
    def test_has_exactly_these_steps(self):
        assert LIFECYCLE.events == set(TABLE)

    @pytest.mark.parametrize("state", list(S))
    @pytest.mark.parametrize("step", list(TABLE))
    def test_leads_where_the_table_says(self, step, state):
        if state in TABLE[step]:
            assert LIFECYCLE.next(state, step) is TABLE[step][state]
        else:
            with pytest.raises(StepNotAllowed):
                LIFECYCLE.next(state, step)


def content(**values):
    return filled({**COMPLETE, **values})


class TestContent:
    def test_every_part_belongs_to_a_step(self):
        assert {part.step for part in PARTS.values()} == set(STEPS)
        assert [name for step in STEPS for name in steps_of(step)] == list(PARTS)


class TestMissing:
    def test_a_complete_text_lacks_nothing(self):
        assert missing(content()) == []

    @pytest.mark.parametrize(
        "name", ["title", "summary", "problem", "gain", "trl", "next_step", "cooperation"]
    )
    def test_names_each_empty_part(self, name):
        remarks = missing(content(**{name: PARTS[name].empty}))
        assert [remark.part for remark in remarks] == [name]

    def test_rows_of_figures_stand_for_the_gain(self):
        assert missing(content(gain="", gains=[{"name": "speed"}])) == []

    def test_an_import_needs_a_title_and_some_text(self):
        assert missing(filled({"title": "a", "abstract": "b"}), imported=True) == []
        assert missing(filled({"title": "a", "summary": "b"}), imported=True) == []
        assert [remark.part for remark in missing(filled({}), imported=True)] == [
            "title",
            "summary",
        ]


GRANTED = {"kind": "invention_patent", "number": "ZL1", "legal_status": "granted"}
STATEMENT = {"fee": "1%", "payment": "yearly", "until": "2030-01-01"}


class TestOpenLicense:
    def _asked(self, **values):
        defaults = {
            "cooperation": ["open_license"],
            "rights": [GRANTED],
            "open_license": STATEMENT,
        }
        return [remark.part for remark in missing(content(**{**defaults, **values}))]

    def test_is_complete_with_a_granted_patent_and_a_statement(self):
        assert self._asked() == []

    @pytest.mark.parametrize(
        ("values", "part"),
        [
            ({"cooperation": ["open_license", "exclusive_license"]}, "cooperation"),
            ({"cooperation": ["open_license", "sole_license"]}, "cooperation"),
            ({"rights": []}, "rights"),
            ({"rights": [GRANTED | {"legal_status": "applied"}]}, "rights"),
            ({"rights": [GRANTED | {"number": ""}]}, "rights"),
            ({"open_license": STATEMENT | {"fee": ""}}, "open_license"),
            ({"open_license": {}}, "open_license"),
        ],
    )
    def test_says_what_the_law_asks(self, values, part):
        assert self._asked(**values) == [part]

    def test_nothing_is_asked_without_it(self):
        assert self._asked(cooperation=["transfer"], open_license={}, rights=[]) == []


class TestRequirePublishable:
    def test_counts_and_leads_to_the_first(self):
        with pytest.raises(RuleBroken) as caught:
            require_publishable(content(title="", trl=None))
        assert (caught.value.field, caught.value.values["count"]) == ("title", 2)

    def test_lets_a_complete_text_pass(self):
        require_publishable(content())


class TestSound:
    def test_normalizes_rights_and_fills_in_their_term(self):
        right = {"kind": "invention_patent", "number": "201710601862", "filed_on": "2017-07-21"}
        row = sound(content(rights=[right]))["rights"][0]
        assert (row["number"], row["expires_on"]) == ("ZL2017106018623", "2037-07-21")
        assert row["applicant"] == ""
        assert row["legal_status"] is None

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"title": "  "}, "title"),
            ({"title": "字" * 201}, "title"),
            ({"title_en": "x" * 301}, "title_en"),
            ({"external_id": "x" * 101}, "external_id"),
            ({"abstract": "x" * 20_001}, "abstract"),
            ({"keywords": ["x"] * 61}, "keywords"),
            ({"gains": [{"name": "a\0"}]}, "gains"),
            ({"problem": "\udfff"}, "problem"),
            ({"industry_codes": ["nowhere"]}, "industry_codes"),
            ({"field_codes": ["9999"]}, "field_codes"),
            ({"cooperation": ["gift"]}, "cooperation"),
            ({"kind": "toy"}, "kind"),
            ({"kind": None}, "kind"),
            ({"price_mode": "auction"}, "price_mode"),
            ({"export_control": "?"}, "export_control"),
            ({"source_channel": "moon"}, "source_channel"),
            ({"language": "de"}, "language"),
            ({"trl": 0}, "trl"),
            ({"trl": 10}, "trl"),
            ({"year": 1899}, "year"),
            ({"year": 2101}, "year"),
            ({"price_mode": "fixed"}, "price"),
            ({"price_mode": "fixed", "price_minor": 0}, "price"),
            ({"price_mode": "range", "price_minor": 2, "price_max_minor": 1}, "price_max"),
            ({"price_mode": "range", "price_minor": 2}, "price_max"),
            ({"price_mode": "fixed", "price_minor": 10**16}, "price"),
            ({"rights": [{"kind": "crown"}]}, "rights"),
            ({"rights": [GRANTED | {"legal_status": "lost"}]}, "rights"),
            ({"rights": [{"kind": "software", "number": "x" * 61}]}, "rights"),
            ({"rights": [{"kind": "software", "number": "a"}] * 2}, "rights"),
            (
                {
                    "rights": [
                        {"kind": "software", "filed_on": "2020-01-02", "granted_on": "2020-01-01"}
                    ]
                },
                "rights",
            ),
        ],
    )
    def test_refuses_false_values_at_their_field(self, values, field):
        with pytest.raises(RuleBroken) as caught:
            sound(content(**values))
        assert caught.value.field == field

    def test_a_draft_may_be_empty_but_for_its_title(self):
        assert sound(filled({"title": "x"}))["title"] == "x"

    def test_rights_without_number_may_repeat(self):
        rows = [{"kind": "know_how"}] * 2
        assert len(sound(content(rights=rows))["rights"]) == 2

    def test_keeps_a_named_end_of_term(self):
        right = {
            "kind": "invention_patent",
            "number": patent_number(),
            "filed_on": "2020-01-01",
            "expires_on": "2030-05-05",
        }
        assert sound(content(rights=[right]))["rights"][0]["expires_on"] == "2030-05-05"


def test_stale_from_the_day_on():
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert is_stale(now - timedelta(days=180), now=now, days=180)
    assert not is_stale(now - timedelta(days=179, hours=23), now=now, days=180)
