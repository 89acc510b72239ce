import json

import pytest

from search.fusion import fuse
from search.results import Scored
from search.weights import DEFAULT_WEIGHTS, FACTS, Signal, Weights, WrongWeights

WEIGHTS = Weights(
    version=7,
    signals={
        "words": Signal(floor=0.0, step=10.0, same=2.0, cross=1.0),
        "share": Signal(floor=0.0, step=1.0, same=1.0, cross=3.0),
        "use": Signal(floor=0.1, step=0.1, same=1.0, cross=2.0),
        "space": Signal(floor=0.0, step=1.0, same=5.0, cross=5.0),
    },
)


def ranking(**scores):
    return [Scored(name, score) for name, score in scores.items()]


def totals(rankings, *, same_language=True):
    fused = fuse(rankings, WEIGHTS, same_language=same_language)
    return {one.id: pytest.approx(one.total) for one in fused}


class TestFuse:
    def test_words_count_absolutely_and_as_a_share_of_the_best(self):
        assert totals({"words": ranking(a=20.0, b=5.0)}) == {"a": 5.0, "b": 1.25}
        found = totals({"words": ranking(a=20.0, b=5.0)}, same_language=False)
        assert found == {"a": 5.0, "b": 1.25}

    def test_a_space_counts_in_steps_above_its_floor(self):
        assert totals({"use_1_whole": ranking(a=0.5, b=0.2)}) == {"a": 4.0, "b": 1.0}
        found = totals({"use_1_whole": ranking(a=0.5, b=0.2)}, same_language=False)
        assert found == {"a": 8.0, "b": 2.0}

    def test_an_unknown_space_has_a_weight_of_its_own(self):
        assert totals({"text_small_8_whole": ranking(a=0.5)}) == {"a": 2.5}

    def test_who_is_missing_counts_as_the_last_in_a_space_and_nothing_in_words(self):
        found = totals({"use_1": ranking(a=0.5, b=0.2), "words": ranking(c=10.0)})
        assert found == {"a": 4.0, "b": 1.0, "c": 1.0 + 3.0}

    def test_the_best_comes_first_and_ties_go_by_id(self):
        fused = fuse({"use_1": ranking(b=0.3, a=0.3, c=0.4)}, WEIGHTS, same_language=True)
        assert [one.id for one in fused] == ["c", "a", "b"]

    def test_ranks_are_those_of_each_ranking(self):
        fused = fuse(
            {"use_1": ranking(a=0.5, b=0.2), "words": ranking(b=9.0)}, WEIGHTS, same_language=True
        )
        assert {one.id: dict(one.ranks) for one in fused} == {
            "a": {"use_1": 1},
            "b": {"use_1": 2, "words": 1},
        }

    @pytest.mark.parametrize("rankings", [{}, {"words": []}, {"words": [], "use_1": []}])
    def test_nothing_found_is_nothing_fused(self, rankings):
        assert fuse(rankings, WEIGHTS, same_language=True) == []

    def test_words_without_a_score_add_nothing(self):
        assert totals({"words": ranking(a=0.0)}) == {"a": 0.0}


class TestWeights:
    def test_come_back_as_they_were(self):
        assert Weights.from_json(DEFAULT_WEIGHTS.to_json()) == DEFAULT_WEIGHTS
        changed = Weights(version=2, facts={**FACTS, "place": 9.0}, middle=1.5)
        assert Weights.from_json(changed.to_json()) == changed

    def test_the_default_is_version_1(self):
        assert DEFAULT_WEIGHTS.version == 1

    def test_the_same_weights_give_the_same_text(self):
        other = Weights(version=1, facts=dict(reversed(FACTS.items())))
        assert other.to_json() == DEFAULT_WEIGHTS.to_json()

    @pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"version": "x"}', '"a"'])
    def test_what_is_no_weights_is_refused(self, text):
        with pytest.raises(WrongWeights, match="no weights"):
            Weights.from_json(text)

    @pytest.mark.parametrize("part", ["signals", "facts"])
    def test_a_lack_is_named(self, part):
        values = json.loads(DEFAULT_WEIGHTS.to_json())
        lost = min(values[part])
        del values[part][lost]
        with pytest.raises(WrongWeights, match=lost):
            Weights.from_json(json.dumps(values))

    def test_a_step_of_nothing_is_refused(self):
        values = json.loads(DEFAULT_WEIGHTS.to_json())
        values["signals"]["use"]["step"] = 0
        with pytest.raises(WrongWeights, match="step"):
            Weights.from_json(json.dumps(values))
