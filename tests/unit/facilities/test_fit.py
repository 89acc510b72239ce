from __future__ import annotations

import pytest

from marketplace.facilities.fit import (
    FIELD_POINTS,
    INDUSTRY_POINTS,
    NEAR_POINTS,
    STEP_POINTS,
    WORD_POINTS,
    FitPart,
    Lack,
    Offer,
    best,
    offer_of,
    score,
    terms_of,
)
from marketplace.facilities.models import Facility, FacilityKind, Instrument

PLATFORM = Offer(
    kind=FacilityKind.PILOT_PLATFORM,
    trl_from=4,
    trl_to=6,
    industries=("C26", "W02"),
    fields=("0805",),
    terms=("湿法合成", "电解质", "涂布", "陶瓷"),
    district="420111",
)


def parts(fit):
    return {reason.part: reason.points for reason in fit.reasons}


TOPIC = {"industries": ["W02"], "fields": ["0805"]}


class TestStep:
    @pytest.mark.parametrize(
        ("level", "points"),
        [(3, None), (4, STEP_POINTS), (5, STEP_POINTS), (6, None), (None, None)],
    )
    def test_counts_when_the_next_level_is_served(self, level, points):
        fit = score(Lack(level=level, **TOPIC), PLATFORM)
        assert parts(fit).get(FitPart.STEP) == points
        assert fit.serves_step is (points is not None)

    @pytest.mark.parametrize(
        ("lack", "points"),
        [
            ({}, STEP_POINTS // 4),
            ({"industries": ["W02"]}, STEP_POINTS * 2 // 3),
            ({"fields": ["0805"]}, STEP_POINTS * 2 // 3),
            ({"text": "电解质"}, STEP_POINTS),
            (TOPIC, STEP_POINTS),
        ],
    )
    def test_counts_little_where_the_subject_is_another(self, lack, points):
        assert parts(score(Lack(level=4, **lack), PLATFORM))[FitPart.STEP] == points

    def test_counts_half_when_it_proves_the_level_of_today(self):
        offer = Offer(kind=FacilityKind.LABORATORY, trl_from=5, trl_to=5, terms=("电解质",))
        found = parts(score(Lack(level=5, text="电解质"), offer))
        assert found[FitPart.STEP] == STEP_POINTS // 2
        assert FitPart.STEP not in parts(score(Lack(level=3, text="电解质"), offer))

    def test_never_counts_for_offices(self):
        offer = Offer(kind=FacilityKind.OFFICE, trl_from=1, trl_to=9)
        assert score(Lack(level=5), offer).points == 0

    def test_never_counts_without_levels(self):
        assert score(Lack(level=5), Offer(kind=FacilityKind.LABORATORY)).points == 0


class TestCodes:
    @pytest.mark.parametrize(
        ("wanted", "points"),
        [
            (["W02"], INDUSTRY_POINTS),
            (["C"], INDUSTRY_POINTS // 2),
            (["C30"], None),
            (["A01"], None),
            ([], None),
        ],
    )
    def test_same_counts_more_than_what_holds_it_and_a_neighbor_not_at_all(self, wanted, points):
        assert parts(score(Lack(industries=wanted), PLATFORM)).get(FitPart.INDUSTRY) == points

    def test_a_division_counts_half_for_an_offer_of_its_section(self):
        offer = Offer(kind=FacilityKind.LABORATORY, industries=("C",))
        assert parts(score(Lack(industries=["C30"]), offer)) == {
            FitPart.INDUSTRY: INDUSTRY_POINTS // 2
        }

    def test_disciplines_weigh_less(self):
        assert parts(score(Lack(fields=["0805"]), PLATFORM)) == {FitPart.FIELD: FIELD_POINTS}
        assert score(Lack(fields=["0802"]), PLATFORM).points == 0


class TestWords:
    @pytest.mark.parametrize(
        ("text", "points"),
        [
            ("硫化物电解质规模化湿法合成，狭缝涂布", WORD_POINTS * 5 // 6),
            ("硫化物电解质", WORD_POINTS // 3),
            ("涂布", WORD_POINTS // 6),
            ("红外热像", None),
            ("", None),
        ],
    )
    def test_grow_with_each_word_and_its_length(self, text, points):
        assert parts(score(Lack(text=text), PLATFORM)).get(FitPart.CAPABILITY) == points

    def test_are_named_the_longest_first(self):
        (reason,) = score(Lack(text="涂布电解质"), PLATFORM).reasons
        assert reason.values == {"words": "电解质、涂布"}

    def test_a_longer_word_says_what_a_shorter_one_inside_says(self):
        offer = Offer(kind=FacilityKind.LABORATORY, terms=("电解质", "固态电解质"))
        (reason,) = score(Lack(text="固态电解质"), offer).reasons
        assert reason.values == {"words": "固态电解质"}

    def test_a_piece_of_a_long_word_is_enough(self):
        offer = Offer(kind=FacilityKind.LABORATORY, terms=("含铜蚀刻废液",))
        (reason,) = score(Lack(text="碱性蚀刻废液回收"), offer).reasons
        assert reason.values == {"words": "蚀刻废液"}

    @pytest.mark.parametrize(
        ("term", "text"),
        [("性能测试系统", "高低温测试系统"), ("spectrometer", "spectrum"), ("薄膜涂布", "厚膜")],
    )
    def test_a_piece_that_says_nothing_is_none(self, term, text):
        offer = Offer(kind=FacilityKind.LABORATORY, terms=(term,))
        assert score(Lack(text=text), offer).points == 0

    def test_do_not_look_at_case(self):
        offer = Offer(kind=FacilityKind.LABORATORY, terms=("Micro-LED",))
        assert score(Lack(text="a MICRO-LED panel"), offer).points > 0


class TestScore:
    def test_adds_up_to_a_hundred(self):
        lack = Lack(
            level=4,
            industries=["W02"],
            fields=["0805"],
            text="电解质湿法合成，薄膜涂布，陶瓷",
            district="420111",
        )
        fit = score(lack, PLATFORM)
        assert fit.points == 100
        assert [reason.points for reason in fit.reasons] == sorted(
            (reason.points for reason in fit.reasons), reverse=True
        )

    def test_nearness_alone_proves_nothing(self):
        assert score(Lack(district="420111"), PLATFORM).points == 0
        near = score(Lack(level=4, district="420111"), PLATFORM)
        assert parts(near)[FitPart.PLACE] == NEAR_POINTS
        far = score(Lack(level=4, district="420102"), PLATFORM)
        assert FitPart.PLACE not in parts(far)


class TestBest:
    def test_gives_the_best_first_and_drops_what_has_no_point(self):
        offers = {
            "b": PLATFORM,
            "a": Offer(kind=FacilityKind.LABORATORY, fields=("0805",)),
            "c": Offer(kind=FacilityKind.OFFICE),
        }
        found = best(Lack(level=4, fields=["0805"]), offers)
        assert [key for key, _ in found] == ["b", "a"]
        assert [key for key, _ in best(Lack(level=4), offers, limit=1)] == ["b"]


class TestOffer:
    def test_gathers_words_of_keywords_rows_and_living_instruments(self):
        facility = Facility(
            organization_id=None,
            kind=FacilityKind.PILOT_PLATFORM,
            name="平台",
            keywords=["固态电解质"],
            capabilities=[
                {"operation": "湿法合成、提纯", "material": "无机盐", "form": "", "output": "粉体"}
            ],
        )
        facility.instruments = [
            Instrument(facility_id=None, name="涂布机"),
            Instrument(facility_id=None, name="旧炉", retired_at="x"),
        ]
        offer = offer_of(facility)
        assert offer.terms == ("固态电解质", "湿法合成", "提纯", "无机盐", "涂布机")

    def test_terms_drop_figures_units_generic_words_and_repeats(self):
        texts = ["LED, led 12 mm", "粉；涂布 涂布", "性能 测试 检测报告 中试平台", "800G 4–6 G"]
        assert terms_of(texts) == ("LED", "涂布", "性能", "800G")
