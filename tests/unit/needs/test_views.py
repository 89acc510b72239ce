"""What pages show of a need: texts in the reader's language, the timeline, words for values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import UUID

import pytest

from marketplace.core.actor import VISITOR
from marketplace.core.errors import NotFound
from marketplace.needs import scoring, views
from marketplace.needs.content import LABELS, Criterion, NeedContent, Parameter
from marketplace.needs.models import Confidentiality, NeedEventKind
from marketplace.needs.services.records import person_of
from marketplace.needs.wording import Wording

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "english", "shown", "tag"),
    [
        ("zh", "Title", "标题", "zh-Hans"),
        ("en", "Title", "Title", "en"),
        ("en", "", "标题", "zh-Hans"),
    ],
)
def test_told_prefers_the_readers_language(language, english, shown, tag):
    need = SimpleNamespace(title="标题", title_en=english, language="zh")
    told = views.told(need, "title", language)
    assert (told.text, told.tag) == (shown, tag)


def event(kind, *, answer=None):
    return SimpleNamespace(kind=kind, at=NOON, answer_id=answer)


class TestPublicTimeline:
    def test_keeps_what_is_between_the_two_sides_back(self):
        need = SimpleNamespace(published_at=NOON)
        answer = UUID(int=1)
        lines = views.public_timeline(
            need,
            [
                event(NeedEventKind.OPENED),
                event(NeedEventKind.ANSWER_SENT, answer=answer),
                event(NeedEventKind.ANSWER_DECLINED, answer=answer),
                event(NeedEventKind.ANSWER_CHOSEN, answer=answer),
                event(NeedEventKind.MET),
            ],
        )
        assert [line.kind.value for line in lines] == [
            "opened",
            "answer_sent",
            "answer_chosen",
            "met",
        ]

    def test_tells_the_publication_of_imported_needs(self):
        lines = views.public_timeline(SimpleNamespace(published_at=NOON), [])
        assert [(line.kind.value, line.at) for line in lines] == [("opened", NOON)]

    def test_is_empty_before_publication(self):
        assert views.public_timeline(SimpleNamespace(published_at=None), []) == []


def test_ranked_puts_the_best_first_and_the_unscored_last():
    ids = [UUID(int=number) for number in range(3)]
    totals = {
        ids[0]: None,
        ids[1]: scoring.Total(40, complete=True),
        ids[2]: scoring.Total(90, complete=False),
    }
    assert views.ranked(totals) == [ids[2], ids[1], ids[0]]


def test_a_visitor_is_nobody_who_acts():
    with pytest.raises(NotFound):
        person_of(VISITOR)


class TestWording:
    WORDS = Wording(say=str.upper, money=lambda minor: f"{minor} fen", language="en")
    CONTENT = NeedContent(
        title="t",
        parameters=(Parameter("rate", "%", "", "95"), Parameter("time", "", "9", "")),
        criteria=(Criterion("gain", 60),),
        budget_max_minor=5,
        deadline_on=date(2027, 3, 31),
        trl_min=6,
        cooperation=("equity",),
        keywords=("a", "b"),
        industry_codes=("W01",),
        field_codes=("0802",),
        confidentiality=Confidentiality.NAMED,
    )

    @pytest.mark.parametrize(
        ("name", "lines"),
        [
            ("title", ["t"]),
            ("problem", []),
            ("budget_min_minor", []),
            ("parameters", ["rate: – → 95 %", "time: 9 → –"]),
            ("criteria", ["gain: 60"]),
            ("budget_max_minor", ["5 fen"]),
            ("deadline_on", ["2027-03-31"]),
            ("trl_min", ["TRL 6"]),
            ("cooperation", ["CONTRIBUTION AS EQUITY"]),
            ("keywords", ["a, b"]),
            ("industry_codes", ["Biomedicine"]),
            ("field_codes", ["Mechanical engineering"]),
            ("confidentiality", ["EVERYONE SEES OUR NAME"]),
            ("language", ["CHINESE"]),
            ("kind", ["TECHNOLOGY NEED"]),
        ],
    )
    def test_says_values_in_words(self, name, lines):
        assert self.WORDS.lines(self.CONTENT, name) == lines

    def test_compares_with_nothing_and_with_an_older_text(self):
        first = self.WORDS.changes(None, NeedContent(title="t"))
        assert {change.name for change in first} == {
            "kind",
            "title",
            "language",
            "confidentiality",
        }
        later = self.WORDS.changes(NeedContent(title="t"), NeedContent(title="u"))
        assert [change.name for change in later] == ["title"]
        assert set(LABELS) >= {change.name for change in first}
