"""A manager as the index holds it, and managers proposed for records."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.core.actor import VISITOR
from marketplace.listings.models import ListingStatus
from marketplace.managers import figures, permissions
from marketplace.managers.documents import load_documents
from marketplace.managers.models import (
    ManagerProfile,
    ManagerStatus,
    MandateRecord,
    MandateStatus,
    RecordKind,
)
from marketplace.managers.proposing import bench_of, candidates_of, proposals_for
from marketplace.managers.queries.mandates import list_for_record, offerable_records
from marketplace.needs.models import NeedStatus
from marketplace.organizations.models import Organization, OrganizationStatus
from search.documents import Kind
from tests.jobs import waiting

TODAY = date(2026, 11, 20)


class TestLoadDocuments:
    def test_gives_facets_and_names(self, session, make):
        profile = make.manager(headline="光电子", district_code="420111", languages=["zh", "en"])
        document = load_documents(session, [profile.id])[profile.id]
        assert document is not None
        assert (document.kind, document.version) == (Kind.MANAGER, profile.version)
        assert (document.level, document.languages) == ("senior", ("zh", "en"))
        assert (document.fields, document.district) == (("0817",), "420111")
        assert document.names[:2] == (profile.name, profile.name_en)
        assert document.organization_id == str(profile.organization_id)

    def test_does_not_name_an_organization_that_is_suspended(self, session, make):
        agency = make.organization(status=OrganizationStatus.SUSPENDED)
        document = load_documents(session, [make.manager(agency).id])
        (found,) = document.values()
        assert found is not None
        assert (found.organization_id, found.organization_name) == ("", "")
        assert agency.name not in found.names

    @pytest.mark.parametrize("status", ManagerStatus)
    def test_agrees_with_who_may_see(self, session, make, status):
        profile = make.manager(status=status)
        document = load_documents(session, [profile.id])[profile.id]
        rows = session.scalars(select(ManagerProfile).where(permissions.visible_to(VISITOR)))
        assert (document is not None) == permissions.may_see(VISITOR, profile) == bool(list(rows))

    def test_gives_none_for_what_is_gone(self, session):
        gone = uuid4()
        assert load_documents(session, [gone]) == {gone: None}

    def test_is_queued_with_every_change(self, session, make):
        profile = make.manager()
        profile.headline = "新的介绍"
        session.flush()
        assert ("search.sync", {"kind": "manager", "ids": [str(profile.id)]}) in waiting(session)


class TestVisibleTo:
    def test_agrees_with_the_predicate(self, session, make):
        profiles = [make.manager(status=status) for status in ManagerStatus]
        actors = [
            VISITOR,
            make.reviewer(),
            make.administrator(),
            make.city_officer(),
            make.member_of(make.organization()),
            *(make.manager_actor(profile) for profile in profiles),
        ]
        for actor in actors:
            seen = set(
                session.scalars(select(ManagerProfile.id).where(permissions.visible_to(actor)))
            )
            assert seen == {one.id for one in profiles if permissions.may_see(actor, one)}


class TestProposalsFor:
    def test_puts_the_fitting_first_and_leaves_the_own_out(self, session, make):
        need = make.need(field_codes=["0817"])
        own = make.manager(session.get_one(Organization, need.organization_id))
        other = make.manager(field_codes=["1201"], industry_codes=[])
        good = make.manager(field_codes=["0817"])
        make.manager(status=ManagerStatus.EXPIRED)
        found = proposals_for(session, need, today=TODAY)
        assert [one.profile.id for one in found] == [good.id, other.id]
        assert own.id not in {one.profile.id for one in found}

    def test_works_for_records_without_codes(self, session, make):
        need = make.need(field_codes=[], industry_codes=[])
        make.manager()
        assert len(proposals_for(session, need, today=TODAY)) == 1


class TestCandidatesOf:
    def test_counts_mandates_and_what_deals_say(self, session, make, monkeypatch):
        monkeypatch.setattr(figures, "_counters", [])
        profile = make.manager()
        make.mandate(profile, status=MandateStatus.SIGNED)
        make.mandate(profile)
        assert candidates_of(session, [profile])[profile.id].load == 1
        figures.register(lambda _session, ids: {one: figures.Figures(7, 2) for one in ids})
        counted = candidates_of(session, [profile])[profile.id]
        assert (counted.closed_deals, counted.load) == (7, 3)
        assert figures.figures_of(session, []) == {}


class TestBenchOf:
    def test_shows_open_needs_without_a_mandate(self, session, make):
        profile = make.manager()
        actor = make.manager_actor(profile)
        fitting = make.need(field_codes=["0817"])
        other = make.need(field_codes=["1201"], industry_codes=["A01"])
        make.need(status=NeedStatus.DRAFT)
        make.need(session.get_one(Organization, profile.organization_id))
        make.mandate(record=make.need(), status=MandateStatus.SIGNED)
        rows = bench_of(session, profile, actor=actor)
        assert [row.need.id for row in rows] == [fitting.id, other.id]


class TestRecords:
    def test_offers_what_readers_see(self, session, make):
        organization = make.organization()
        need, listing = (
            make.need(organization),
            make.listing(organization=organization, status=ListingStatus.PUBLISHED),
        )
        make.need(organization, status=NeedStatus.DRAFT)
        lines = offerable_records(session, organization.id)
        assert {line.id for line in lines} == {need.id, listing.id}
        assert lines[0].name("en") == need.title

    def test_lists_the_mandates_of_a_record_to_their_sides(self, session, make):
        mandate = make.mandate()
        client = session.get_one(Organization, mandate.client_organization_id)
        actor = make.member_of(client)
        need_id = session.scalars(
            select(MandateRecord.object_id).where(MandateRecord.mandate_id == mandate.id)
        ).one()
        found = list_for_record(session, RecordKind.NEED, need_id, actor=actor)
        assert [one.id for one in found] == [mandate.id]
        assert not list_for_record(session, RecordKind.NEED, need_id, actor=make.reviewer())
