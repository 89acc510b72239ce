from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.reasons import OTHER, TEXTS, Wording, concerns, explain, percents
from search.explain import ReasonKind

CHINESE = {"Shared terms": "共同词语", "Exclusive license": "独占许可"}


def chinese(text):
    return CHINESE.get(text, text)


def wording(language="en", translate=str):
    return Wording(language=language, translate=translate, money=lambda minor: f"{minor} fen")


def shown(*reasons, language="en", translate=str):
    return explain(reasons, wording(language, translate))


def against(kind, wanted, found):
    return {"kind": kind, "share": 0.0, "against": True, "wanted": wanted, "found": found}


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


def terms(*pairs):
    return [{"asked": asked, "found": found} for asked, found in pairs]


class TestExplain:
    def test_shows_the_weightiest_first_and_leaves_out_the_weightless(self):
        found = shown(
            {"kind": "budget", "share": 0.2, "values": ["30000000"]},
            {"kind": "place", "share": 0.0},
            {"kind": "terms", "share": 0.6, "terms": terms(("激光焊接", "激光焊接"))},
        )
        assert [(one.label, one.percent, one.terms) for one in found] == [
            ("Shared terms", 75, ("激光焊接",)),
            ("Budget", 25, ("30000000 fen",)),
        ]

    def test_shows_terms_as_written_on_both_sides(self):
        (found,) = shown(
            {"kind": "terms", "share": 1, "terms": terms(("Laser", "laser"), ("weld", "焊接"))}
        )
        assert found.terms == ("Laser", "weld = 焊接")

    def test_speaks_the_readers_language(self):
        found = shown(
            {"kind": "terms", "share": 0.5, "terms": terms(("laser", "laser"))},
            {"kind": "field", "share": 0.3, "values": ["0802"]},
            {"kind": "cooperation", "share": 0.2, "values": ["exclusive_license"]},
            language="zh",
            translate=chinese,
        )
        assert found[0].label == "共同词语"
        assert found[1].terms == ("机械工程",)
        assert found[2].terms == ("独占许可",)

    def test_shows_unknown_values_as_they_are(self):
        found = shown(
            {"kind": "cooperation", "share": 1, "values": ["barter"]},
            {"kind": "starlight", "share": 1, "values": ["bright"]},
        )
        assert [one.terms for one in found] == [("barter",), ("bright",)]
        assert (found[1].label, found[1].sentence) == OTHER

    def test_names_the_readiness_level(self):
        (found,) = shown({"kind": "readiness", "share": 1, "values": ["6"]})
        assert found.terms == ("TRL 6",)

    def test_has_a_sentence_for_each_kind(self):
        assert set(TEXTS) == {kind.value for kind in ReasonKind}
        for kind, (label, sentence) in TEXTS.items():
            (found,) = shown({"kind": kind, "share": 1})
            assert (found.label, found.sentence) == (label, sentence)


class TestConcerns:
    def test_say_what_is_wanted_and_what_there_is(self):
        found = concerns(
            [
                {"kind": "terms", "share": 1.0},
                against("budget", "1000", "2000"),
                against("cooperation", "exclusive_license,equity", "open_license"),
                against("readiness", "7", "5"),
                against("starlight", "a", "b"),
            ],
            wording(),
        )
        assert found == [
            "The budget is 1000 fen, the price 2000 fen.",
            "Asked for is: Exclusive license, Contribution as equity. Offered is: Open license.",
            "TRL 7 is asked for, it has reached TRL 5.",
        ]

    def test_are_joined_as_the_language_does(self):
        (found,) = concerns(
            [against("cooperation", "exclusive_license,equity", "barter")],
            wording("zh", chinese),
        )
        assert "独占许可、Contribution as equity" in found
