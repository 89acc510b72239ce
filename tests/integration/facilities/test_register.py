from __future__ import annotations

from datetime import date

import pytest

from marketplace.city.targets import list_targets
from marketplace.codes import rules
from marketplace.facilities import queries
from marketplace.facilities.documents import document_of, load_documents
from marketplace.facilities.models import FacilityKind, FacilityStatus, FilingLevel
from marketplace.facilities.register import NamedField, Wanted, counts, gaps, named_gaps
from marketplace.facilities.register import list_register as listed
from marketplace.facilities.settings import CENTERS, PLATFORMS
from marketplace.indexing.sources import source_of
from marketplace.organizations.models import OrganizationStatus
from search.documents import Kind
from tests.factories.facilities import NOON

S, K = FacilityStatus, FacilityKind


class TestServingStep:
    @pytest.mark.parametrize(
        ("level", "names"),
        [(3, []), (4, ["span"]), (5, ["one", "span"]), (6, []), (9, [])],
    )
    def test_gives_what_helps_from_this_level_on(self, session, make, level, names):
        make.facility(status=S.PUBLISHED, name="span", trl_from=4, trl_to=6)
        make.facility(status=S.PUBLISHED, name="one", trl_from=5, trl_to=5)
        make.facility(status=S.PUBLISHED, name="office", kind=K.OFFICE, trl_from=1, trl_to=9)
        make.facility(name="draft", trl_from=1, trl_to=9)
        hidden = make.organization(status=OrganizationStatus.SUSPENDED)
        make.facility(hidden, status=S.PUBLISHED, name="hidden", trl_from=1, trl_to=9)
        assert [one.name for one in queries.serving_step(session, level)] == names

    def test_narrows_by_kind_and_district(self, session, make):
        make.facility(status=S.PUBLISHED, name="lab", kind=K.LABORATORY)
        make.facility(status=S.PUBLISHED, name="line", district_code="420111")
        assert [one.name for one in queries.serving_step(session, 4)] == ["line", "lab"]
        labs = queries.serving_step(session, 4, kinds=[K.LABORATORY])
        assert [one.name for one in labs] == ["lab"]
        near = queries.serving_step(session, 4, districts=["420111"], limit=1)
        assert [one.name for one in near] == ["line"]

    def test_offices_have_a_list_of_their_own(self, session, make):
        make.facility(status=S.PUBLISHED, name="office", kind=K.OFFICE)
        make.facility(status=S.PUBLISHED)
        assert [one.name for one in queries.list_offices(session)] == ["office"]


class TestCounts:
    def test_count_shown_facilities_once_each_way(self, session, make):
        make.facility(
            status=S.PUBLISHED,
            kind=K.CONCEPT_CENTER,
            filing_level=FilingLevel.CITY,
            filing_number="1",
        )
        make.facility(status=S.PUBLISHED, filing_level=FilingLevel.CITY, district_code="420111")
        make.facility(status=S.PUBLISHED, district_code=None, industry_codes=[])
        make.facility(status=S.UNDER_REVIEW)
        found = counts(session)
        assert found.total == 3
        assert (found.by_kind[K.CONCEPT_CENTER], found.by_kind[K.PILOT_PLATFORM]) == (1, 2)
        assert dict(found.by_level) == {FilingLevel.CITY: 1}
        assert dict(found.by_district) == {"4201Z1": 1, "420111": 1}
        assert found.by_place[K.PILOT_PLATFORM, "420111"] == 1
        assert found.by_industry["W02"] == 2
        assert found.by_field["0805"] == 3
        centres, platforms = found.targets
        assert (centres.reached, centres.wanted, centres.percent) == (1, 30, 3)
        assert (platforms.reached, platforms.wanted) == (0, 200)

    def test_measures_by_the_setting_that_the_city_shows(self, session, make):
        rules.change_rule(
            session,
            actor=make.administrator(),
            key=CENTERS,
            typed="40",
            source="新方案",
            confirmed=True,
            reason="新方案",
            now=NOON,
        )
        assert counts(session).targets[0].wanted == 40
        shown = {one.key: one.wanted for one in list_targets(session, NOON.date())}
        assert (shown[CENTERS], shown[PLATFORMS]) == (40, 200)

    def test_every_number_opens_to_as_many_rows(self, session, make):
        make.facility(
            status=S.PUBLISHED,
            kind=K.CONCEPT_CENTER,
            filing_level=FilingLevel.PROVINCE,
            filing_number="1",
            filed_on=date(2025, 1, 1),
        )
        make.facility(status=S.PUBLISHED, district_code="420111", industry_codes=["W01"])
        found = counts(session)
        for kind in K:
            assert listed(session, Wanted(kind=kind)).total == found.by_kind[kind]
        for level in FilingLevel:
            assert listed(session, Wanted(level=level)).total == found.by_level[level]
        for code in ("4201Z1", "420111"):
            assert listed(session, Wanted(district=code)).total == found.by_district[code]
        for code in ("W01", "W02"):
            assert listed(session, Wanted(industry=code)).total == found.by_industry[code]


class TestGaps:
    def test_name_clusters_without_a_centre_or_platform(self, session, make):
        make.facility(status=S.PUBLISHED, industry_codes=["W01"])
        found = {gap.key: gap for gap in gaps(session, ["W01", "W02"])}
        assert found["W01"].counts[K.PILOT_PLATFORM] == 1
        assert found["W01"].is_open
        make.facility(status=S.PUBLISHED, kind=K.CONCEPT_CENTER, industry_codes=["W01"])
        assert not gaps(session, ["W01"])[0].is_open
        assert gaps(session, ["W02"])[0].is_open

    def test_the_plans_fields_open_to_their_lists(self, session, make):
        make.facility(status=S.PUBLISHED, keywords=["半导体"])
        make.facility(status=S.PUBLISHED, kind=K.LABORATORY, keywords=["移动通信"])
        found = {gap.key: gap for gap in named_gaps(session)}
        assert not found[NamedField.SEMICONDUCTOR].is_open
        assert found[NamedField.MOBILE].is_open
        for name, gap in found.items():
            total = listed(session, Wanted(named=NamedField(name))).total
            assert total == gap.counts[gap.wanted]


class TestDocuments:
    def test_hold_what_searches_and_facets_need(self, session, make):
        facility = make.facility(
            status=S.PUBLISHED,
            filing_level=FilingLevel.CITY,
            filing_number="武科 1",
            people=[{"name": "周启明", "role": "主任", "field": ""}],
            certificates=[{"kind": "CNAS", "number": "L1", "scope": "金属", "expires_on": None}],
            next_free_on=date(2026, 12, 1),
            price_minor=100,
            price_max_minor=200,
        )
        make.instrument(facility, name="涂布机", maker="厂")
        make.instrument(facility, name="旧炉", retired_at=facility.published_at)
        found = load_documents(session, [str(facility.id)])[facility.id]
        assert found.kind is Kind.FACILITY
        assert (found.record_kind, found.level, found.steps) == (
            "pilot_platform",
            "city",
            ("5", "6"),
        )
        assert (found.due_on, found.price_minor, found.price_max_minor) == (
            date(2026, 12, 1),
            100,
            200,
        )
        assert found.numbers == ("武科 1",)
        assert "周启明" in found.names
        for text in ("湿法合成", "涂布机", "CNAS L1 金属"):
            assert text in found.body
        assert "旧炉" not in found.body

    def test_an_application_is_no_level(self, session, make):
        facility = make.facility(status=S.PUBLISHED, filing_level=FilingLevel.CITY)
        assert load_documents(session, [facility.id])[facility.id].level == ""

    def test_hidden_facilities_have_none(self, session, make):
        draft = make.facility()
        hidden = make.facility(
            make.organization(status=OrganizationStatus.SUSPENDED), status=S.PUBLISHED
        )
        found = load_documents(session, [draft.id, hidden.id])
        assert found == {draft.id: None, hidden.id: None}
        owner = make.organization()
        assert document_of(make.facility(owner), owner) is None

    def test_are_what_the_index_copies(self, app):
        assert source_of(Kind.FACILITY).load is load_documents
