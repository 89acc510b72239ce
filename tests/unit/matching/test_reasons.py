from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.reasons import OTHER, TEXTS, explain, percents

CHINESE = {"Shared terms": "共同词语", "Exclusive license": "独占许可"}


def shown(*reasons, language="en", translate=str):
    return explain(reasons, language=language, translate=translate)


class TestPercents:
    @given(st.lists(st.floats(0, 1), min_size=1, max_size=9).filter(lambda shares: sum(shares) > 0))
    def test_add_up_to_100(self, shares):
        assert sum(percents(shares)) == 100

    def test_give_odd_ones_to_the_largest_remainders(self):
        assert percents([1, 1, 1]) == [34, 33, 33]
        assert percents([0.626, 0.374]) == [63, 37]

    def test_of_nothing_are_nothing(self):
        assert percents([]) == []
        assert percents([0.0, 0.0]) == [0, 0]


class TestExplain:
    def test_shows_the_weightiest_first_and_leaves_out_the_weightless(self):
        found = shown(
            {"kind": "budget", "share": 0.2},
            {"kind": "place", "share": 0.0},
            {"kind": "terms", "share": 0.6, "terms": ["激光焊接", "铝合金"]},
        )
        assert [(one.label, one.percent) for one in found] == [
            ("Shared terms", 75),
            ("Budget", 25),
        ]
        assert found[0].terms == ("激光焊接", "铝合金")

    def test_speaks_the_readers_language(self):
        def translate(text):
            return CHINESE.get(text, text)

        found = shown(
            {"kind": "terms", "share": 0.5, "terms": ["laser"]},
            {"kind": "field", "share": 0.3, "terms": ["0802"]},
            {"kind": "cooperation", "share": 0.2, "terms": ["exclusive_license"]},
            language="zh",
            translate=translate,
        )
        assert found[0].label == "共同词语"
        assert found[0].terms == ("laser",)
        assert found[1].terms == ("机械工程",)
        assert found[2].terms == ("独占许可",)

    def test_shows_unknown_codes_as_they_are(self):
        (found,) = shown({"kind": "cooperation", "share": 1, "terms": ["barter"]})
        assert found.terms == ("barter",)

    def test_survives_a_kind_of_a_later_version(self):
        (found,) = shown({"kind": "starlight", "share": 1})
        assert (found.label, found.sentence) == OTHER

    def test_has_a_sentence_for_each_kind(self):
        for kind, (label, sentence) in TEXTS.items():
            (found,) = shown({"kind": kind, "share": 1})
            assert (found.label, found.sentence) == (label, sentence)
