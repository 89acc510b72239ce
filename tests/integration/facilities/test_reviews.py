from __future__ import annotations

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, EditedElsewhere, RuleBroken, StepNotAllowed
from marketplace.facilities import queries
from marketplace.facilities.models import (
    FacilityRevision,
    FacilityStatus,
    FilingLevel,
    Recommendation,
)
from marketplace.facilities.services import reviews
from marketplace.organizations.models import OrganizationStatus
from tests.facility_steps import save
from tests.jobs import topics

S = FacilityStatus


class TestReview:
    def test_runs_from_draft_to_publication_with_a_revision(self, session, make, owner, staff, now):
        facility = make.facility(owner)
        reviewer = make.reviewer()
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        assert facility.status is S.UNDER_REVIEW
        session.flush()
        reviews.publish_facility(
            session, actor=reviewer, facility_id=facility.id, seen=facility.version, now=now
        )
        assert (facility.status, facility.published_at) == (S.PUBLISHED, now)
        assert {"facility.sent", "facility.published", "search.sync"} <= topics(session)
        save(session, staff, facility, "place", now, address="新路")
        assert facility.address != "新路"
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        with pytest.raises(StepNotAllowed):
            reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        reviews.publish_facility(
            session, actor=reviewer, facility_id=facility.id, seen=facility.version, now=now
        )
        session.flush()
        assert facility.address == "新路"
        assert facility.pending is None
        (kept,) = queries.list_revisions(session, facility.id)
        assert (kept.number, kept.content["address"]) == (1, "高新四路 88 号")

    def test_returned_changes_leave_the_published_text(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.PUBLISHED)
        save(session, staff, facility, "place", now, address="新路")
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        reviews.return_facility(
            session,
            actor=make.reviewer(),
            facility_id=facility.id,
            reason="路名有误",
            seen=facility.version,
            now=now,
        )
        assert facility.status is S.PUBLISHED
        assert facility.return_reason == "路名有误"
        assert facility.pending["address"] == "新路"

    def test_a_published_text_without_changes_cannot_be_sent(
        self, session, make, owner, staff, now
    ):
        facility = make.facility(owner, status=S.PUBLISHED)
        with pytest.raises(StepNotAllowed):
            reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)

    def test_what_the_city_filed_here_needs_no_proof(self, session, make, owner, staff, now):
        facility = make.facility(
            owner, status=S.PUBLISHED, filing_level=FilingLevel.CITY, filing_number="武科 1"
        )
        save(session, staff, facility, "place", now, address="新路")
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        assert facility.pending_submitted_at == now

    def test_changes_can_be_taken_back(self, session, make, owner, staff, now):
        facility = make.facility(owner, status=S.PUBLISHED)
        save(session, staff, facility, "place", now, address="新路")
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        reviews.recall_facility(session, actor=staff, facility_id=facility.id, now=now)
        assert facility.pending_submitted_at is None
        assert facility.pending is not None

    def test_only_verified_organizations_send(self, session, make, now):
        owner = make.organization(status=OrganizationStatus.APPLIED)
        actor = make.member_of(owner)
        facility = make.facility(owner)
        with pytest.raises(RuleBroken, match="verified"):
            reviews.send_for_review(session, actor=actor, facility_id=facility.id, now=now)

    def test_readers_of_the_organization_do_not_send(self, session, make, owner, now):
        actor = make.member_of(owner, MemberRole.TTO_OFFICER)
        facility = make.facility(owner)
        with pytest.raises(Denied):
            reviews.send_for_review(session, actor=actor, facility_id=facility.id, now=now)

    def test_nobody_judges_their_own(self, session, make, owner, now):
        facility = make.facility(owner, status=S.UNDER_REVIEW)
        actor = make.reviewer(member_of=owner)
        with pytest.raises(Denied):
            reviews.publish_facility(
                session, actor=actor, facility_id=facility.id, seen=facility.version, now=now
            )
        with pytest.raises(Denied):
            reviews.return_facility(
                session,
                actor=actor,
                facility_id=facility.id,
                reason="x",
                seen=facility.version,
                now=now,
            )

    def test_judges_only_what_waits_and_what_was_read(self, session, make, now):
        reviewer = make.reviewer()
        published = make.facility(status=S.PUBLISHED)
        withdrawn = make.facility(status=S.WITHDRAWN)
        for facility in (published, withdrawn):
            with pytest.raises(StepNotAllowed):
                reviews.publish_facility(
                    session,
                    actor=reviewer,
                    facility_id=facility.id,
                    seen=facility.version,
                    now=now,
                )
        waits = make.facility(status=S.UNDER_REVIEW)
        with pytest.raises(EditedElsewhere):
            reviews.publish_facility(
                session, actor=reviewer, facility_id=waits.id, seen=99, now=now
            )

    def test_an_incomplete_text_is_not_published(self, session, make, now):
        facility = make.facility(status=S.UNDER_REVIEW, hours=[])
        with pytest.raises(RuleBroken):
            reviews.publish_facility(
                session,
                actor=make.reviewer(),
                facility_id=facility.id,
                seen=facility.version,
                now=now,
            )

    def test_sending_anew_forgets_the_districts_word(self, session, make, owner, staff, now):
        facility = make.facility(
            owner,
            filing_level=FilingLevel.CITY,
            recommendation=Recommendation.NOT_RECOMMENDED,
            recommended_at=now,
        )
        reviews.send_for_review(session, actor=staff, facility_id=facility.id, now=now)
        session.flush()
        assert facility.recommendation is None

    def test_compares_with_the_last_reviewed_text(self, session, make, owner, staff, now):
        facility = make.facility(owner)
        loaded = queries.get_own_facility(session, facility.id, actor=staff)
        assert reviews.compared_with(session, loaded) == {}
        session.add(
            FacilityRevision(
                facility_id=facility.id, number=1, content={"name": "旧"}, reviewed_at=now
            )
        )
        session.flush()
        assert reviews.compared_with(session, loaded) == {"name": "旧"}
