"""Facilities and managers by the tables alone, as the directory shows them without an engine."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from marketplace.core.actor import VISITOR
from marketplace.discovery.queries import fallback
from marketplace.facilities.models import Facility, FacilityKind, FacilityStatus, FilingLevel
from marketplace.managers.models import ManagerLevel, ManagerStatus
from marketplace.organizations.models import OrganizationStatus
from search.documents import Kind
from search.queries import Query, Sort


@pytest.fixture
def find(session):
    def titles(text="", kind=Kind.FACILITY, **values):
        results = fallback.search(session, Query(kind=kind, text=text, **values), actor=VISITOR)
        assert results.total == len(results.hits)
        return [hit.document.title for hit in results.hits]

    return titles


class TestFacilities:
    @pytest.fixture
    def line(self, make):
        return make.facility(
            name="湿法中试线",
            status=FacilityStatus.PUBLISHED,
            trl_from=4,
            trl_to=6,
            price_minor=200_000,
            next_free_on=date(2026, 12, 3),
        )

    @pytest.fixture
    def laboratory(self, make):
        return make.facility(
            name="光学实验室",
            kind=FacilityKind.LABORATORY,
            status=FacilityStatus.PUBLISHED,
            filing_level=FilingLevel.NATIONAL,
            trl_from=2,
            trl_to=3,
            district_code="420111",
            next_free_on=date(2026, 12, 1),
        )

    def test_finds_words_of_names_and_capabilities(self, find, line, laboratory):
        assert find("中试线") == ["湿法中试线"]
        assert set(find("无机盐溶液")) == {"湿法中试线", "光学实验室"}

    @pytest.mark.parametrize(
        ("facet", "value", "found"),
        [
            ("steps", "5", ["湿法中试线"]),
            ("steps", "6", ["湿法中试线"]),
            ("steps", "4", []),
            ("steps", "3", ["光学实验室"]),
            ("steps", "2", []),
            ("steps", "9", []),
            ("record_kind", "laboratory", ["光学实验室"]),
            ("level", "national", ["光学实验室"]),
            ("district", "420111", ["光学实验室"]),
            ("price_band", "under_100k", ["湿法中试线"]),
        ],
    )
    def test_filters(self, find, line, laboratory, facet, value, found):
        assert find(chosen={facet: (value,)}) == found

    @pytest.mark.parametrize("value", "123456789")
    def test_agrees_with_the_index_about_steps(self, session, find, make, value):
        for low, high in ((4, 6), (2, 3), (5, 5), (1, 9), (None, None)):
            make.facility(
                name=f"{low}-{high}", status=FacilityStatus.PUBLISHED, trl_from=low, trl_to=high
            )
        expected = {
            document.title
            for document in fallback.TABLES[Kind.FACILITY]
            .load(session, list(session.scalars(select(Facility.id))))
            .values()
            if document is not None and value in document.steps
        }
        assert set(find(chosen={"steps": (value,)})) == expected

    def test_puts_the_next_free_first(self, find, line, laboratory):
        assert find(sort=Sort.SOONEST) == ["光学实验室", "湿法中试线"]

    def test_shows_nothing_that_is_not_public(self, find, make):
        suspended = make.organization(status=OrganizationStatus.SUSPENDED)
        make.facility(suspended, status=FacilityStatus.PUBLISHED)
        make.facility(status=FacilityStatus.DRAFT)
        make.facility(status=FacilityStatus.SUSPENDED)
        assert find() == []


class TestManagers:
    def test_finds_people_by_name_employer_and_facets(self, find, make):
        owner = make.organization(name="楚天技术转移公司")
        make.manager(owner, name="王敏", status=ManagerStatus.LICENSED, level=ManagerLevel.SENIOR)
        assert find("王敏", kind=Kind.MANAGER) == ["王敏"]
        assert find("楚天", kind=Kind.MANAGER) == ["王敏"]
        assert find(kind=Kind.MANAGER, chosen={"level": ("senior",)}) == ["王敏"]
        assert find(kind=Kind.MANAGER, chosen={"level": ("junior",)}) == []

    def test_does_not_name_an_employer_that_is_not_verified(self, find, make):
        owner = make.organization(name="未认证公司", status=OrganizationStatus.APPLIED)
        make.manager(owner, name="李想", status=ManagerStatus.LICENSED)
        assert find("未认证公司", kind=Kind.MANAGER) == []
        assert find(kind=Kind.MANAGER, chosen={"organization_id": (str(owner.id),)}) == []
        assert find("李想", kind=Kind.MANAGER) == ["李想"]

    @pytest.mark.parametrize("status", [ManagerStatus.APPLIED, ManagerStatus.SUSPENDED])
    def test_shows_the_public_register_alone(self, find, make, status):
        make.manager(status=status)
        assert find(kind=Kind.MANAGER) == []
