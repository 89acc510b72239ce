from __future__ import annotations

import numpy as np
import pytest

from search.documents import Audience, Kind
from search.visibility import EVERYTHING, PUBLIC, Visible
from tests.factories.search import OTHER, TOY, axis, document, find, ids

LISTING = Kind.LISTING


def titles(engine, *names):
    return {name: found.title for name, found in engine.fetch(LISTING, names).items()}


class TestPut:
    def test_is_found_after_refresh(self, engine):
        engine.put(LISTING, [document("a"), document("b", "污水处理")])
        engine.refresh()
        assert ids(find(engine, "焊接")) == ["a"]

    def test_keeps_every_value_but_the_vectors(self, engine):
        from datetime import UTC, date, datetime

        kept = document(
            "a",
            title_en="Laser welding robot",
            summary="一句话",
            keywords=("焊接", "机器人"),
            names=("张伟",),
            organization_id="o1",
            organization_name="华中科技大学",
            audience=Audience.VERIFIED,
            numbers=("ZL201910123456.7",),
            record_kind="patent",
            industries=("C35",),
            trl=6,
            cooperation=("exclusive",),
            district="hongshan",
            price_minor=1_200_000_00,
            year=2024,
            published_at=datetime(2026, 3, 4, 5, 6, tzinfo=UTC),
            due_on=date(2027, 1, 2),
            is_demo=True,
            vectors={"toy": axis(0)},
        )
        engine.put(LISTING, [kept])
        assert engine.fetch(LISTING, ["a", "nobody"]) == {"a": kept}
        assert engine.fetch(LISTING, ["a"])["a"].vectors == {}

    def test_of_an_older_version_does_nothing(self, engine):
        engine.put(LISTING, [document("a", "新的", version=3)])
        engine.put(LISTING, [document("a", "旧的", version=2)])
        engine.refresh()
        assert titles(engine, "a") == {"a": "新的"}
        assert (find(engine, "旧的").total, find(engine, "新的").total) == (0, 1)

    def test_of_the_same_version_writes_again(self, engine):
        engine.put(LISTING, [document("a", "第一次", version=3)])
        engine.put(LISTING, [document("a", "第二次", version=3)])
        engine.refresh()
        assert ids(find(engine, "第二次")) == ["a"]
        assert find(engine).total == 1

    def test_replaces_words_and_vectors(self, engine):
        engine.put(LISTING, [document("a", vectors={"toy": axis(0)})])
        engine.put(LISTING, [document("a", "污水处理", version=2, vectors={"toy": axis(1)})])
        engine.refresh()
        assert find(engine, "焊接").total == 0
        near = engine.near(LISTING, "toy", axis(1), visible=PUBLIC)
        assert [(one.id, round(one.score, 2)) for one in near] == [("a", 1.0)]

    def test_without_vectors_takes_old_ones_away(self, engine):
        engine.put(LISTING, [document("a", vectors={"toy": axis(0)})])
        engine.put(LISTING, [document("a", version=2)])
        engine.refresh()
        assert engine.near(LISTING, "toy", axis(0), visible=PUBLIC) == []

    def test_of_the_same_id_twice_at_once_keeps_the_newer(self, engine):
        engine.put(LISTING, [document("a", "新的", version=2), document("a", "旧的", version=1)])
        engine.refresh()
        assert titles(engine, "a") == {"a": "新的"}
        assert find(engine).total == 1

    def test_of_nothing_is_fine(self, engine):
        engine.put(LISTING, [])
        engine.refresh()
        assert find(engine).total == 0

    def test_keeps_kinds_apart(self, engine):
        engine.put(Kind.NEED, [document("a", kind=Kind.NEED)])
        engine.refresh()
        assert find(engine).total == 0
        assert list(engine.versions(Kind.NEED)) == [("a", 1)]

    @pytest.mark.parametrize(
        "title", ["\x00\ud800\U0010ffff", "🙂" * 50, "", "\u202e激光", "a" * 5000]
    )
    def test_takes_odd_texts(self, engine, title):
        engine.put(LISTING, [document("a", title, body="水" * 30_000)])
        engine.refresh()
        assert ids(find(engine, "水")) == ["a"]

    def test_leaves_out_vectors_of_unknown_spaces_and_wrong_lengths(self, engine):
        odd = {"elsewhere": axis(0), "toy": np.ones(3, np.float32)}
        engine.put(LISTING, [document("a", vectors=odd)])
        engine.refresh()
        assert engine.near(LISTING, "toy", axis(0), visible=PUBLIC) == []
        assert find(engine).total == 1


class TestRemove:
    def test_takes_out_words_vectors_and_document(self, engine):
        engine.put(LISTING, [document("a", vectors={"toy": axis(0)}), document("b")])
        engine.remove(LISTING, {"a": 2})
        engine.refresh()
        assert ids(find(engine, visible=EVERYTHING)) == ["b"]
        assert engine.near(LISTING, "toy", axis(0), visible=EVERYTHING) == []
        assert engine.fetch(LISTING, ["a"]) == {}

    def test_spares_a_newer_version(self, engine):
        engine.put(LISTING, [document("a", version=5)])
        engine.remove(LISTING, {"a": 4})
        engine.refresh()
        assert find(engine).total == 1

    def test_is_not_undone_by_an_older_write_that_comes_late(self, engine):
        engine.put(LISTING, [document("a", version=1)])
        engine.remove(LISTING, {"a": 3})
        engine.put(LISTING, [document("a", version=2)])
        engine.refresh()
        assert find(engine).total == 0

    def test_of_an_unknown_document_holds_against_late_writes(self, engine):
        engine.remove(LISTING, {"a": 3})
        engine.put(LISTING, [document("a", version=2), document("b", version=1)])
        engine.refresh()
        assert ids(find(engine)) == ["b"]

    def test_gives_way_to_a_newer_write(self, engine):
        engine.remove(LISTING, {"a": 3})
        engine.put(LISTING, [document("a", version=4, vectors={"toy": axis(0)})])
        engine.refresh()
        assert ids(find(engine)) == ["a"]
        assert len(engine.near(LISTING, "toy", axis(0), visible=PUBLIC)) == 1

    def test_of_nothing_is_fine(self, engine):
        engine.remove(LISTING, {})


class TestVersions:
    def test_come_by_id_without_removed_ones(self, engine):
        engine.put(LISTING, [document(name, version=at) for at, name in enumerate("cab", start=1)])
        engine.remove(LISTING, {"a": 9})
        engine.refresh()
        assert list(engine.versions(LISTING)) == [("b", 3), ("c", 1)]

    def test_are_empty_at_first(self, engine):
        assert list(engine.versions(LISTING)) == []


class TestVisibility:
    @pytest.fixture
    def filled(self, engine):
        engine.put(
            LISTING,
            [
                document(
                    f"{audience.value}-{owner}",
                    audience=audience,
                    organization_id=owner,
                    vectors={"toy": axis(0)},
                )
                for audience in Audience
                for owner in ("o1", "o2", "")
            ],
        )
        engine.refresh()
        return engine

    @pytest.mark.parametrize(
        "visible",
        [
            PUBLIC,
            EVERYTHING,
            Visible(audiences=frozenset()),
            Visible(audiences=frozenset(Audience)),
            Visible(audiences=frozenset({Audience.PUBLIC, Audience.SIGNED_IN})),
            Visible(organization_ids=frozenset({"o1"})),
            Visible(audiences=frozenset(), organization_ids=frozenset({"o1", "o2"})),
            Visible(audiences=frozenset({Audience.VERIFIED}), organization_ids=frozenset({"o9"})),
        ],
    )
    def test_of_words_and_vectors_agrees_with_the_rule(self, filled, visible):
        every = filled.fetch(LISTING, [name for name, _version in filled.versions(LISTING)])
        allowed = {name for name, found in every.items() if visible.allows(found)}

        page = find(filled, "焊接", visible=visible, size=50)
        near = filled.near(LISTING, "toy", axis(0), visible=visible, size=50)

        assert page.total == len(allowed)
        assert set(ids(page)) == {one.id for one in near} == allowed
        assert sum(value.count for value in page.facets["price_band"]) == len(allowed)


class TestStaleSpaces:
    def test_leave_words_but_refuse_vectors(self, reopen):
        from search.engine import StaleSpaces

        old = reopen((TOY,))
        old.put(LISTING, [document("a", vectors={"toy": axis(0)})])
        new = reopen((TOY, OTHER))
        four = axis(0, towards=3, dimensions=4)
        new.put(LISTING, [document("b", vectors={"other": four})])
        new.refresh()
        assert set(ids(find(new, "焊接", vectors={"other": four}))) == {"a", "b"}
        with pytest.raises(StaleSpaces):
            new.near(LISTING, "other", four, visible=PUBLIC)

    def test_are_mended_by_a_rebuild(self, reopen):
        reopen((TOY,)).put(LISTING, [document("a")])
        new = reopen((OTHER,))
        four = axis(0, towards=3, dimensions=4)
        with new.rebuild(LISTING) as fresh:
            fresh.put([document("a", vectors={"other": four})])
        assert len(new.near(LISTING, "other", four, visible=PUBLIC)) == 1


class TestHealth:
    def test_counts_what_is_there(self, engine):
        assert engine.health().counts == dict.fromkeys(Kind, 0)
        engine.put(LISTING, [document("a"), document("b")])
        engine.remove(LISTING, {"b": 2})
        engine.refresh()
        health = engine.health()
        assert (health.ok, health.engine, health.counts["listing"]) == (True, engine.name, 1)
