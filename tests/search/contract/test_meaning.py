from __future__ import annotations

import pytest

from search.documents import Audience, Kind
from search.queries import Question, Sort
from search.visibility import EVERYTHING, PUBLIC
from tests.factories.search import axis, counts, document, find, ids

LISTING = Kind.LISTING
#: "Copper recovery" of the toy space lies on axis 0; the further down, the further away.
LIBRARY = [
    document("same", "铜的回收", record_kind="result", vectors={"toy": axis(0)}),
    document("close", "蚀刻液再生", record_kind="result", vectors={"toy": axis(0, 0.3)}),
    document("words", "回收铜的装置与回收铜的方法", record_kind="patent", organization_id="o1"),
    document("far", "量子通信", vectors={"toy": axis(3)}),
    document(
        "hidden",
        "含铜废液",
        audience=Audience.VERIFIED,
        vectors={"toy": axis(0)},
        organization_id="o9",
    ),
    document("robot", "激光焊接机器人", vectors={"toy": axis(1)}, organization_id="o1"),
]
COPPER = {"toy": axis(0)}


@pytest.fixture(scope="module")
def engine(shared):
    engine = shared()
    engine.put(LISTING, LIBRARY)
    engine.refresh()
    return engine


class TestPagesWithVectors:
    def test_find_what_means_the_same_in_other_words(self, engine):
        page = find(engine, "copper regeneration", vectors=COPPER)
        assert {(hit.document.id, hit.by_meaning) for hit in page.hits} == {
            ("same", True),
            ("close", True),
        }
        assert page.total == 2

    def test_put_what_holds_words_and_meaning_first(self, engine):
        page = find(engine, "铜 回收", vectors=COPPER)
        assert ids(page)[0] == "same"
        assert set(ids(page)) == {"same", "close", "words"}
        assert {hit.document.id for hit in page.hits if hit.by_meaning} == {"close"}

    def test_show_nothing_below_the_floor(self, engine):
        assert "far" not in ids(find(engine, "铜", vectors=COPPER))

    def test_count_facets_and_totals_over_both(self, engine):
        page = find(engine, "铜 回收", vectors=COPPER)
        assert page.total == 3
        assert counts(page, "record_kind") == {"result": 2, "patent": 1}

    def test_apply_choices_to_both(self, engine):
        page = find(engine, "铜 回收", vectors=COPPER, chosen={"record_kind": ("patent",)})
        assert (ids(page), page.total) == (["words"], 1)
        assert counts(page, "record_kind") == {"result": 2, "patent": 1}

    def test_keep_to_what_the_viewer_may_find(self, engine):
        assert "hidden" not in ids(find(engine, "copper", vectors=COPPER))
        assert "hidden" in ids(find(engine, "copper", vectors=COPPER, visible=EVERYTHING))

    def test_obey_the_other_operators(self, engine):
        assert ids(find(engine, "copper -蚀刻液", vectors=COPPER)) == ["same"]
        assert ids(find(engine, 'copper title:"蚀刻液"', vectors=COPPER)) == ["close"]

    def test_do_not_widen_what_has_no_plain_words(self, engine):
        assert ids(find(engine, 'title:"蚀刻液"', vectors=COPPER)) == ["close"]
        assert find(engine, "", vectors=COPPER).total == 5

    def test_walk_through_all_pages_once(self, engine):
        pages = [find(engine, "铜 回收", vectors=COPPER, size=1, page=n) for n in (1, 2, 3, 4)]
        assert [len(page.hits) for page in pages] == [1, 1, 1, 0]
        walked = [identity for page in pages for identity in ids(page)]
        assert walked == ids(find(engine, "铜 回收", vectors=COPPER))

    def test_beyond_the_depth_give_the_total_alone(self, engine):
        page = find(engine, "铜 回收", vectors=COPPER, page=10_000)
        assert (page.total, list(page.hits)) == (3, [])

    @pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.SOONEST])
    def test_keep_other_sorts_and_say_what_was_meant(self, engine, sort):
        page = find(engine, "铜 回收", vectors=COPPER, sort=sort)
        assert {hit.document.id: hit.by_meaning for hit in page.hits} == {
            "same": False,
            "words": False,
            "close": True,
        }


class TestNear:
    def test_gives_cosines_best_first(self, engine):
        near = engine.near(LISTING, "toy", axis(0), visible=PUBLIC, size=3)
        assert [one.id for one in near][:2] == ["same", "close"]
        assert [round(one.score, 2) for one in near] == [1.0, 0.96, 0.0]

    def test_gives_no_more_than_asked(self, engine):
        assert len(engine.near(LISTING, "toy", axis(0), visible=EVERYTHING, size=2)) == 2

    def test_of_an_empty_index_is_empty(self, engine):
        assert list(engine.near(Kind.NEED, "toy", axis(0), visible=EVERYTHING)) == []


class TestCandidates:
    def ask(self, engine, visible=PUBLIC, **values):
        question = Question(kind=LISTING, **values)
        rankings = engine.candidates(question, visible=visible).rankings
        return {name: [one.id for one in ranking] for name, ranking in rankings.items()}

    def test_give_a_ranking_by_words_and_one_a_space(self, engine):
        found = self.ask(engine, terms={"铜": 2.0, "回收": 1.0}, vectors=COPPER)
        assert found["words"] == ["words", "same"] or found["words"] == ["same", "words"]
        assert found["toy"][:2] == ["same", "close"]

    def test_weigh_terms(self, engine):
        assert self.ask(engine, terms={"机器人": 5.0, "铜": 0.1})["words"][0] == "robot"
        assert self.ask(engine, terms={"机器人": 0.1, "铜": 5.0})["words"][0] != "robot"

    def test_pass_over_terms_without_weight(self, engine):
        assert self.ask(engine, terms={"机器人": 0.0}) == {"words": []}

    def test_leave_out_bodies(self, engine):
        found = self.ask(
            engine,
            visible=EVERYTHING,
            terms={"机器人": 1.0, "铜": 1.0},
            vectors=COPPER,
            exclude_organizations=frozenset({"o1", "o9"}),
        )
        assert set(found["words"]) == {"same"}
        assert not {"hidden", "robot"} & set(found["toy"])

    def test_keep_to_what_may_be_found_and_to_the_size(self, engine):
        found = self.ask(engine, vectors=COPPER, size=2)
        assert found == {"toy": ["same", "close"]}

    def test_of_an_empty_question_are_empty(self, engine):
        assert self.ask(engine) == {}
