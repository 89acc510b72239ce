from __future__ import annotations

from datetime import date

import pytest

from search.documents import Audience, Kind
from search.queries import FACETS_OF, Sort
from search.visibility import EVERYTHING
from tests.factories.search import counts, document, find, ids

LISTINGS = [
    document(
        "a",
        "激光焊接",
        record_kind="result",
        industries=("C35", "C36"),
        fields=("TH",),
        trl=6,
        cooperation=("exclusive",),
        organization_id="o1",
        district="hongshan",
        price_minor=50_000_00,
        year=2024,
    ),
    document(
        "b",
        "激光切割",
        record_kind="patent",
        industries=("C35",),
        trl=6,
        cooperation=("exclusive", "open"),
        organization_id="o2",
        price_minor=500_000_00,
        year=2025,
    ),
    document("c", "激光清洗", record_kind="patent", trl=8, organization_id="o1", year=2025),
    document("d", "污水处理", record_kind="result", industries=("D46",), trl=8),
    document("hidden", "激光", record_kind="result", audience=Audience.VERIFIED, trl=1),
]


@pytest.fixture(scope="module")
def engine(shared):
    engine = shared()
    engine.put(Kind.LISTING, LISTINGS)
    engine.refresh()
    return engine


class TestCounts:
    def test_are_of_what_the_query_and_the_viewer_find(self, engine):
        assert counts(find(engine, "激光"), "record_kind") == {"patent": 2, "result": 1}
        seen = find(engine, "激光", visible=EVERYTHING)
        assert counts(seen, "record_kind") == {"patent": 2, "result": 2}

    def test_hold_every_facet(self, engine):
        page = find(engine)
        assert set(page.facets) == set(FACETS_OF[Kind.LISTING])
        assert counts(page, "industries") == {"C35": 2, "C36": 1, "D46": 1}
        assert counts(page, "trl") == {"6": 2, "8": 2}
        assert counts(page, "price_band") == {"negotiable": 2, "under_100k": 1, "under_1m": 1}
        assert counts(page, "cooperation") == {"exclusive": 2, "open": 1}
        assert counts(page, "district") == {"hongshan": 1}
        assert counts(page, "year") == {"2025": 2, "2024": 1}
        assert counts(page, "organization_id") == {"o1": 2, "o2": 1}

    def test_come_largest_first_then_by_value(self, engine):
        assert [value.value for value in find(engine).facets["industries"]] == ["C35", "C36", "D46"]


class TestChoices:
    def test_of_one_facet_widen(self, engine):
        page = find(engine, chosen={"trl": ("6", "8")})
        assert page.total == 4

    def test_of_several_facets_narrow(self, engine):
        page = find(engine, "激光", chosen={"record_kind": ("patent",), "trl": ("8",)})
        assert ids(page) == ["c"]

    def test_do_not_narrow_their_own_facet(self, engine):
        page = find(engine, "激光", chosen={"record_kind": ("patent",), "trl": ("8",)})
        assert counts(page, "record_kind") == {"patent": 1}
        assert counts(page, "trl") == {"6": 1, "8": 1}
        assert counts(page, "year") == {"2025": 1}

    def test_are_marked_and_never_cut_off(self, engine):
        page = find(engine, chosen={"industries": ("D46", "Z99")}, facet_size=1)
        assert [(one.value, one.count, one.chosen) for one in page.facets["industries"]] == [
            ("C35", 2, False),
            ("D46", 1, True),
            ("Z99", 0, True),
        ]

    def test_of_unknown_facets_and_empty_ones_are_passed_over(self, engine):
        assert find(engine, chosen={"color": ("red",), "trl": ()}).total == 4

    def test_cut_the_list_to_its_size(self, engine):
        assert len(find(engine, facet_size=2).facets["industries"]) == 2


@pytest.fixture(scope="module")
def served(shared):
    engine = shared()
    engine.put(
        Kind.FACILITY,
        [
            document(
                "line",
                "激光中试线",
                kind=Kind.FACILITY,
                record_kind="pilot_platform",
                level="city",
                steps=("5", "6", "7"),
                fields=("0803",),
                price_minor=200_000,
                due_on=date(2026, 12, 3),
            ),
            document(
                "lab",
                "激光实验室",
                kind=Kind.FACILITY,
                record_kind="laboratory",
                level="national",
                steps=("4", "5"),
                due_on=date(2026, 12, 1),
            ),
        ],
    )
    engine.put(
        Kind.MANAGER,
        [document("wang", "王敏", kind=Kind.MANAGER, level="senior", languages=("zh", "en"))],
    )
    engine.refresh()
    return engine


class TestOtherKinds:
    """Facilities and managers have facets of their own, and an index of their own."""

    def test_count_levels_and_steps_of_facilities(self, served):
        page = find(served, "激光", kind=Kind.FACILITY)
        assert set(page.facets) == set(FACETS_OF[Kind.FACILITY])
        assert counts(page, "level") == {"city": 1, "national": 1}
        assert counts(page, "steps") == {"4": 1, "5": 2, "6": 1, "7": 1}

    def test_filter_facilities_by_step(self, served):
        assert ids(find(served, kind=Kind.FACILITY, chosen={"steps": ("6",)})) == ["line"]

    def test_sort_facilities_by_the_next_free_day(self, served):
        assert ids(find(served, kind=Kind.FACILITY, sort=Sort.SOONEST)) == ["lab", "line"]

    def test_count_grades_and_languages_of_managers(self, served):
        page = find(served, "王敏", kind=Kind.MANAGER)
        assert ids(page) == ["wang"]
        assert set(page.facets) == set(FACETS_OF[Kind.MANAGER])
        assert counts(page, "languages") == {"zh": 1, "en": 1}
        assert counts(page, "level") == {"senior": 1}

    def test_pass_over_facets_of_another_kind(self, served):
        assert ids(find(served, kind=Kind.MANAGER, chosen={"steps": ("6",)})) == ["wang"]
