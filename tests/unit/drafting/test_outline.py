from __future__ import annotations

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.drafting.outline import Outline, Part, Remark, mark_of, needed, require_complete

OUTLINE = Outline(
    {"basics": "Basics", "more": "More"},
    {
        "title": Part("basics", "Title"),
        "words": Part("basics", "Words", []),
        "level": Part("more", "Level", None),
    },
)


def lines(_name, value):
    return [str(value)] if value else []


class TestOutline:
    def test_empty_values_are_not_shared(self):
        OUTLINE.empty()["words"].append("x")
        assert OUTLINE.empty() == {"title": "", "words": [], "level": None}

    def test_unknown_parts_fall_out(self):
        assert OUTLINE.filled({"title": "a", "status": "published"}) == OUTLINE.empty() | {
            "title": "a"
        }

    def test_gives_the_parts_of_a_step(self):
        assert OUTLINE.names_of("basics") == ("title", "words")

    def test_a_step_is_empty_while_none_of_its_parts_says_anything(self):
        content = OUTLINE.filled({"level": 3})
        assert OUTLINE.is_empty(content, "basics")
        assert not OUTLINE.is_empty(content, "more")

    def test_names_the_parts_that_differ(self):
        assert OUTLINE.differing({"title": "a"}, {"title": "b", "level": None}) == ["title"]

    def test_shows_what_reads_differently(self):
        old, new = OUTLINE.filled({"title": "a"}), OUTLINE.filled({"title": "b", "level": 0})
        assert [change.name for change in OUTLINE.changes(old, new, lines)] == ["title"]

    def test_shows_everything_at_first(self):
        found = OUTLINE.changes({}, OUTLINE.filled({"title": "a", "level": 2}), lines)
        assert [change.name for change in found] == ["title", "level"]


def test_the_mark_changes_with_the_parts_alone():
    one, two = OUTLINE.filled({"title": "a"}), OUTLINE.filled({"title": "b"})
    assert mark_of(one, ["title"]) != mark_of(two, ["title"])
    assert mark_of(one, ["words"]) == mark_of(two, ["words"])


def test_a_text_is_complete_when_nothing_is_missing():
    require_complete([])
    with pytest.raises(RuleBroken) as caught:
        require_complete([needed("level", "Choose."), needed("title", "Write.")])
    assert (caught.value.field, caught.value.values) == (
        "level",
        {"count": 2, "mend": "Choose."},
    )


class TestTasks:
    def test_count_what_each_step_still_needs(self):
        remarks = [needed("title", "Write."), needed("words", "Add."), Remark("level", "", "Look.")]
        first, second = OUTLINE.tasks(OUTLINE.filled({"level": 3}), remarks)
        assert (first.label, first.needed, first.advised, first.empty) == ("Basics", 2, 0, True)
        assert (second.label, second.needed, second.advised, second.empty) == ("More", 0, 1, False)
