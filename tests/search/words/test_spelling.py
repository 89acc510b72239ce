from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.spelling import edits, likelier


def vocabulary(*terms):
    def known(starts):
        return {term: 1 for term in terms if any(term.startswith(start) for start in starts)}

    return known


class TestEdits:
    @pytest.mark.parametrize(
        ("one", "other", "count"),
        [("laser", "laser", 0), ("laser", "lazer", 1), ("laser", "alser", 1), ("laser", "las", 2)],
    )
    def test_count(self, one, other, count):
        assert edits(one, other, 2) == count

    def test_stop_above_the_limit(self):
        assert edits("laser", "completely", 2) > 2
        assert edits("abcdefgh", "hgfedcba", 2) > 2

    @given(st.text("abc", max_size=6), st.text("abc", max_size=6))
    def test_are_the_same_both_ways(self, one, other):
        assert (edits(one, other, 9) == 0) == (one == other)
        assert edits(one, other, 9) == edits(other, one, 9)


class TestLikelier:
    def test_prefers_near_words_that_begin_alike(self):
        assert likelier("lazer", vocabulary("e:laser", "e:mazer")) == "laser"

    def test_looks_further_for_a_wrong_first_letter(self):
        assert likelier("kaser", vocabulary("e:laser")) == "laser"

    def test_keeps_what_stands_between(self):
        assert likelier("(lazer), 2024!", vocabulary("e:laser")) == "(laser), 2024!"

    def test_leaves_short_and_known_words(self):
        assert likelier("lsr", vocabulary("e:lsrs")) is None
        assert likelier("laser", vocabulary("e:laser", "e:lasers")) is None

    def test_replaces_homophones_but_not_known_words(self):
        known = vocabulary("p:jiguang:激光", "p:jiguang:极光")
        assert likelier("机光", known) in {"激光", "极光"}
        assert likelier("激光", known) is None

    def test_looks_at_the_beginning_of_very_long_texts_only(self):
        assert (
            likelier("lazer " * 50, vocabulary("e:laser")).split()
            == ["laser"] * 12 + ["lazer"] * 38
        )
