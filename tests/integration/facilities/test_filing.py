from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest

from marketplace.core.errors import Denied, RuleBroken
from marketplace.facilities import queries
from marketplace.facilities.models import (
    FacilityStatus,
    FilingLevel,
    Recommendation,
)
from marketplace.facilities.services import filing, life
from tests.jobs import topics, waiting

S = FacilityStatus


class TestLife:
    def test_a_suspended_facility_is_restored(self, session, make, now):
        facility = make.facility(status=S.PUBLISHED)
        reviewer = make.reviewer()
        with pytest.raises(RuleBroken):
            life.suspend_facility(
                session, actor=reviewer, facility_id=facility.id, reason=" ", now=now
            )
        session.expire(facility)
        life.suspend_facility(
            session, actor=reviewer, facility_id=facility.id, reason="投诉", now=now
        )
        session.flush()
        life.restore_facility(session, actor=reviewer, facility_id=facility.id, now=now)
        assert (facility.status, facility.suspended_reason) == (S.PUBLISHED, "")
        assert {"facility.suspended", "facility.restored"} <= topics(session)

    def test_a_withdrawn_one_frees_its_number_and_comes_back_as_a_draft(
        self, session, make, owner, staff, now
    ):
        facility = make.facility(
            owner,
            status=S.PUBLISHED,
            filing_level=FilingLevel.CITY,
            filing_number="A-1",
            pending={"name": "x"},
        )
        life.withdraw_facility(
            session, actor=staff, facility_id=facility.id, reason="搬迁", now=now
        )
        session.flush()
        assert facility.pending is None
        second = make.facility(
            status=S.PUBLISHED, filing_level=FilingLevel.CITY, filing_number="A-1"
        )
        with pytest.raises(RuleBroken) as error:
            life.reopen_facility(session, actor=staff, facility_id=facility.id, now=now)
        assert error.value.field == "filing_number"
        second.filing_number = "A-2"
        session.flush()
        session.expire_all()
        life.reopen_facility(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        assert facility.status is S.DRAFT
        assert len(queries.list_revisions(session, facility.id)) == 1

    def test_a_draft_comes_back_without_a_revision(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.WITHDRAWN)
        life.reopen_facility(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        assert queries.REVISIONS.last(session, facility.id) is None

    def test_bookings_note_the_next_free_day_and_prices(self, session, make):
        facility = make.facility(status=S.PUBLISHED)
        offer = {"next_free_on": date(2026, 12, 1), "price_minor": 100, "price_max_minor": 900}
        assert life.note_offer(session, facility.id, **offer)
        session.flush()
        version = facility.version
        assert not life.note_offer(session, facility.id, **offer)
        session.flush()
        assert facility.version == version
        assert not life.note_offer(session, uuid4(), **offer)

    def test_follows_its_organization_into_the_index(self, session, make, owner):
        facility = make.facility(owner, status=S.PUBLISHED)
        make.facility(owner)
        life.sync_organization(session, owner.id)
        ids = [str(payload) for topic, payload in waiting(session) if topic == "search.sync"]
        assert any(str(facility.id) in one for one in ids)


class TestFiling:
    def apply(self, make, **values):
        values.setdefault("status", S.PUBLISHED)
        return make.facility(filing_level=FilingLevel.CITY, submitted_at=None, **values)

    def recommend(self, session, make, facility, now, word=Recommendation.RECOMMENDED, text=""):
        return filing.recommend_facility(
            session,
            actor=make.member_of(make.district()),
            facility_id=facility.id,
            recommendation=word,
            text=text,
            now=now,
        )

    def file(self, session, make, facility, now, number="武科 1", filed_on=date(2026, 1, 5)):
        return filing.file_facility(
            session,
            actor=make.city_officer(),
            facility_id=facility.id,
            number=number,
            filed_on=filed_on,
            now=now,
        )

    def test_goes_by_the_district_to_the_city(self, session, make, now):
        facility = self.apply(make, pending={"name": "x", "filing_level": "city"})
        with pytest.raises(RuleBroken, match="district"):
            self.file(session, make, facility, now)
        self.recommend(session, make, facility, now, text="条件具备")
        assert "facility.recommended" in topics(session)
        assert queries.count_applications(session) == 1
        self.file(session, make, facility, now)
        session.flush()
        assert facility.is_filed
        assert facility.pending["filing_number"] == "武科 1"
        assert "facility.filed" in topics(session)
        with pytest.raises(Denied):
            self.file(session, make, facility, now)

    @pytest.mark.parametrize(
        ("number", "day", "field"),
        [(" ", 0, "number"), ("x" * 81, 0, "number"), ("1", 2, "filed_on")],
    )
    def test_refuses_a_wrong_number_or_day(self, session, make, now, number, day, field):
        facility = self.apply(make, recommendation=Recommendation.RECOMMENDED, recommended_at=now)
        with pytest.raises(RuleBroken) as error:
            self.file(session, make, facility, now, number, (now + timedelta(days=day)).date())
        assert error.value.field == field

    def test_refuses_a_number_that_another_carries(self, session, make, now):
        make.facility(status=S.PUBLISHED, filing_level=FilingLevel.CITY, filing_number="武科 1")
        facility = self.apply(make, recommendation=Recommendation.RECOMMENDED, recommended_at=now)
        with pytest.raises(RuleBroken) as error:
            self.file(session, make, facility, now)
        assert error.value.field == "filing_number"

    def test_a_district_says_why_not(self, session, make, now):
        facility = self.apply(make)
        with pytest.raises(RuleBroken):
            self.recommend(session, make, facility, now, Recommendation.NOT_RECOMMENDED)
        self.recommend(session, make, facility, now, Recommendation.NOT_RECOMMENDED, "次数不足")
        assert facility.recommendation_note == "次数不足"

    def test_another_district_does_not_speak(self, session, make, now):
        facility = self.apply(make)
        with pytest.raises(Denied):
            filing.recommend_facility(
                session,
                actor=make.member_of(make.district("420111")),
                facility_id=facility.id,
                recommendation=Recommendation.RECOMMENDED,
                text="",
                now=now,
            )

    def test_the_city_refuses_with_grounds(self, session, make, now):
        facility = self.apply(make, recommendation=Recommendation.RECOMMENDED, recommended_at=now)
        officer = make.city_officer()
        with pytest.raises(RuleBroken):
            filing.refuse_filing(
                session, actor=officer, facility_id=facility.id, reason="", now=now
            )
        filing.refuse_filing(
            session, actor=officer, facility_id=facility.id, reason="设备不足", now=now
        )
        session.flush()
        assert (facility.filing_level, facility.recommendation) == (None, None)
        assert facility.status is S.PUBLISHED

    def test_lists_applications_by_district_or_for_the_city(self, session, make):
        early = self.apply(make, status=S.UNDER_REVIEW)
        shown = self.apply(make)
        self.apply(make, district_code="420111")
        of_district = queries.list_applications(session, districts=frozenset({"4201Z1"}))
        assert {one.id for one in of_district.items} == {early.id, shown.id}
        assert queries.list_applications(session).total == 2
