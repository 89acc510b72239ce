"""How managers are judged for a record, and the reasons in both languages."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.managers.fit import (
    FULL_LOAD,
    Candidate,
    Wanted,
    fit_of,
    propose,
)
from marketplace.managers.models import ManagerLevel

WANTED = Wanted(field_codes=("0817",), industry_codes=("C39",), language="zh")


def candidate(number=1, **values):
    values.setdefault("level", ManagerLevel.JUNIOR)
    return Candidate(manager_id=UUID(int=number), **values)


def same(text):
    return text


FULL = candidate(
    level=ManagerLevel.SENIOR,
    field_codes=("0817",),
    industry_codes=("C39",),
    languages=("zh",),
    closed_deals=10,
)


class TestFitOf:
    def test_gives_all_points_to_the_perfect_one(self):
        assert fit_of(WANTED, FULL).points == 100

    @pytest.mark.parametrize(
        "worse",
        [
            {"field_codes": ("0817",)[:0]},
            {"industry_codes": ()},
            {"languages": ("en",)},
            {"closed_deals": 2},
            {"load": 5},
            {"level": ManagerLevel.MIDDLE},
        ],
    )
    def test_takes_points_for_each_lack(self, worse):
        from dataclasses import replace

        assert fit_of(WANTED, replace(FULL, **worse)).points < 100

    def test_counts_the_same_category_a_quarter(self):
        near = fit_of(WANTED, candidate(field_codes=("0805",)))
        far = fit_of(WANTED, candidate(field_codes=("1201",)))
        hit = fit_of(WANTED, candidate(field_codes=("0817",)))
        assert (hit.points - near.points, near.points - far.points) == (30, 10)

    def test_names_shared_fields_in_both_languages(self):
        reason = fit_of(WANTED, FULL).reasons[0]
        assert reason.text("zh", same) == "Works in the same field: 化学工程与技术"
        assert "Chemical" in reason.text("en", same)

    def test_says_category_and_other_fields(self):
        near = fit_of(WANTED, candidate(field_codes=("0805",))).reasons
        far = fit_of(WANTED, candidate(field_codes=("1201",))).reasons
        assert "Works in the same category: 工学" in [one.text("zh", same) for one in near]
        assert [one.message for one in far if not one.speaks_for][:1] == ["Works in other fields"]

    def test_is_silent_about_fields_that_the_record_does_not_name(self):
        reasons = fit_of(Wanted(), FULL).reasons
        assert not any("field" in one.message for one in reasons)

    def test_says_how_much_room_there_is(self):
        texts = {
            load: [one.text("en", same) for one in fit_of(WANTED, candidate(load=load)).reasons]
            for load in (0, 3, FULL_LOAD)
        }
        assert "Has room for a new mandate" in texts[0]
        assert "Mandates and deals running: 3" in texts[3]
        assert any(text.startswith("Has no room") for text in texts[FULL_LOAD])

    def test_names_the_language_in_the_reader_s_words(self):
        lacking = fit_of(Wanted(language="en"), FULL).reasons[-1]
        assert not lacking.speaks_for
        assert lacking.text("zh", same) == "Does not name 英文 as a language"
        assert lacking.text("en", same) == "Does not name English as a language"

    def test_puts_what_speaks_for_first(self):
        reasons = fit_of(WANTED, candidate(field_codes=("1201",), closed_deals=1)).reasons
        assert [one.speaks_for for one in reasons] == sorted(
            (one.speaks_for for one in reasons), reverse=True
        )

    @given(
        st.lists(st.sampled_from(["0817", "0805", "1201", "0901"]), max_size=4),
        st.integers(0, 50),
        st.integers(0, 50),
        st.sampled_from(ManagerLevel),
    )
    def test_stays_on_the_scale(self, codes, deals, load, level):
        fit = fit_of(
            WANTED,
            candidate(field_codes=tuple(codes), closed_deals=deals, load=load, level=level),
        )
        assert 0 <= fit.points <= 100


class TestPropose:
    def test_gives_the_best_first_and_no_more_than_asked(self):
        weak, good = candidate(1), candidate(2, field_codes=("0817",))
        other = candidate(3, field_codes=("0817",))
        chosen = propose(WANTED, [weak, good, other], most=2)
        assert [one.manager_id.int for one in chosen] == [2, 3]
