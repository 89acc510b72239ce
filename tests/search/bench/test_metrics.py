import math

import pytest

from search.bench.metrics import Figures, figures, place


class TestPlace:
    @pytest.mark.parametrize(("answer", "expected"), [("a", 1), ("c", 3), ("x", None)])
    def test_counts_from_one(self, answer, expected):
        assert place(["a", "b", "c"], answer) == expected


class TestFigures:
    def test_by_hand(self):
        found = figures([1, 2, 3, None])
        assert found.ndcg == pytest.approx((1 + 1 / math.log2(3) + 0.5 + 0) / 4)
        assert found.recall == pytest.approx(0.75)
        assert found.mrr == pytest.approx((1 + 1 / 2 + 1 / 3) / 4)
        assert found.n == 4

    def test_the_eleventh_place_counts_for_mrr_alone(self):
        assert figures([11]) == Figures(0.0, 0.0, pytest.approx(1 / 11), 1)
        assert figures([10]) == Figures(
            pytest.approx(1 / math.log2(11)), 1.0, pytest.approx(0.1), 1
        )

    def test_no_question_gives_no_figure(self):
        assert figures([]) == Figures(0.0, 0.0, 0.0, 0)

    def test_have_the_usual_names(self):
        assert figures([2]).as_dict() == {
            "ndcg@10": 0.6309,
            "recall@10": 1.0,
            "mrr": 0.5,
            "n": 1,
        }
