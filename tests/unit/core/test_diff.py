from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.diff import Mark, changes, pieces

SAME, ADDED, REMOVED = Mark


def cut(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.mark.value, piece.text) for piece in pieces(before, after)]


class TestPieces:
    def test_marks_chinese_by_the_character(self):
        assert cut("回收率60%", "回收率95%") == [
            ("same", "回收率"),
            ("removed", "60"),
            ("added", "95"),
            ("same", "%"),
        ]

    def test_marks_english_by_the_word(self):
        assert cut("a slow pump", "a fast pump") == [
            ("same", "a "),
            ("removed", "slow"),
            ("added", "fast"),
            ("same", " pump"),
        ]

    def test_joins_words_that_a_blank_alone_keeps_apart(self):
        assert cut("one two three", "four five three") == [
            ("removed", "one two"),
            ("added", "four five"),
            ("same", " three"),
        ]

    def test_a_blank_at_the_end_of_a_change_stays(self):
        assert cut("alt \n", "neu \n")[-1] == ("same", " \n")

    @pytest.mark.parametrize(
        ("before", "after", "marks"),
        [("", "", []), ("x", "x", ["same"]), ("", "x", ["added"]), ("x", "", ["removed"])],
    )
    def test_edges(self, before, after, marks):
        assert [mark for mark, _ in cut(before, after)] == marks

    def test_long_texts_are_compared_by_the_line(self):
        before = "".join(f"line {number}\n" for number in range(4000))
        found = cut(before, before.replace("line 2000\n", "row 2000\n"))
        assert found[1:3] == [("removed", "line 2000\n"), ("added", "row 2000\n")]

    @given(
        st.text(alphabet="ab 铜回_，\n", max_size=40), st.text(alphabet="ab 铜回_，\n", max_size=40)
    )
    def test_give_both_texts_back(self, before, after):
        found = pieces(before, after)
        assert "".join(p.text for p in found if p.mark is not ADDED) == before
        assert "".join(p.text for p in found if p.mark is not REMOVED) == after


class TestChanges:
    def test_names_what_differs_in_order(self):
        found = changes({"b": "1", "gone": "x", "a": "1"}, {"a": "2", "b": "1", "new": "y"})
        assert [change.name for change in found] == ["a", "new", "gone"]

    def test_is_empty_for_the_same_text(self):
        assert changes({"a": "1"}, {"a": "1"}) == []
