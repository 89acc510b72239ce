"""One table of actors and states runs through the predicate and the SQL clause."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.actor import VISITOR, MemberRole
from marketplace.facilities import permissions, queries
from marketplace.facilities.models import Facility, FacilityStatus, FilingLevel
from marketplace.organizations.models import Organization, OrganizationStatus
from search.documents import Audience

S = FacilityStatus
ACTORS = (
    "visitor",
    "stranger",
    "member",
    "reviewer",
    "administrator",
    "city_officer",
    "district",
    "other_district",
    "unverified_district",
    "clerk_of_district",
)


def actor_of(make, name, owner):
    return {
        "visitor": lambda: VISITOR,
        "stranger": make.actor,
        "member": lambda: make.member_of(owner, MemberRole.TECHNOLOGY_MANAGER),
        "reviewer": make.reviewer,
        "administrator": make.administrator,
        "city_officer": make.city_officer,
        "district": lambda: make.member_of(make.district(), MemberRole.EDITOR),
        "other_district": lambda: make.member_of(make.district("420111")),
        "unverified_district": lambda: make.member_of(
            make.district(status=OrganizationStatus.APPLIED)
        ),
        "clerk_of_district": lambda: make.member_of(make.district(), MemberRole.TTO_OFFICER),
    }[name]()


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize("suspended_owner", [False, True])
def test_predicate_and_clause_agree(session, make, who, status, suspended_owner):
    owner = make.organization(
        status=OrganizationStatus.SUSPENDED if suspended_owner else OrganizationStatus.VERIFIED
    )
    actor = actor_of(make, who, owner)
    districts = queries.districts_of(session, actor)
    for values in (
        {},
        {"filing_level": FilingLevel.CITY},
        {"filing_level": FilingLevel.CITY, "filing_number": f"{status}-{who}-{suspended_owner}"},
    ):
        facility = make.facility(owner, status=status, **values)
        expected = permissions.may_see(actor, facility, owner, districts)
        found = session.scalar(
            select(Facility.id).where(Facility.id == facility.id, permissions.visible_to(actor))
        )
        assert (found is not None) == expected
        shown = session.scalar(
            select(Facility.id).where(Facility.id == facility.id, permissions.shown())
        )
        audience = permissions.audience_of(facility, session.get_one(Organization, owner.id))
        assert (shown is not None) == (audience is Audience.PUBLIC)


class TestWhoSeesWhat:
    @pytest.mark.parametrize(
        ("who", "sees"),
        [
            ("visitor", {S.PUBLISHED}),
            ("stranger", {S.PUBLISHED}),
            ("city_officer", {S.PUBLISHED}),
            ("other_district", {S.PUBLISHED}),
            ("unverified_district", {S.PUBLISHED}),
            ("clerk_of_district", {S.PUBLISHED}),
            ("district", {S.PUBLISHED, S.UNDER_REVIEW}),
            ("reviewer", set(S) - {S.DRAFT}),
            ("administrator", set(S)),
            ("member", set(S)),
        ],
    )
    def test_of_an_application(self, session, make, who, sees):
        owner = make.organization()
        actor = actor_of(make, who, owner)
        found = set()
        for status in S:
            facility = make.facility(owner, status=status, filing_level=FilingLevel.CITY)
            if queries.is_shown_to(session, actor, facility.id):
                found.add(status)
        assert found == sees


class TestSteps:
    def test_operator_and_reviewer_share_the_steps(self, make):
        owner = make.organization()
        staff = make.member_of(owner, MemberRole.OPERATOR_STAFF)
        facility = make.facility(owner)
        assert permissions.steps_for(staff, facility) == {"edit", "hours", "send", "withdraw"}
        facility.status = S.UNDER_REVIEW
        assert permissions.steps_for(staff, facility) == {"hours", "recall", "withdraw"}
        assert permissions.steps_for(make.reviewer(), facility) == {"publish", "return"}
        assert permissions.steps_for(make.reviewer(member_of=owner), facility) >= {"recall"}
        assert "publish" not in permissions.steps_for(make.reviewer(member_of=owner), facility)

    def test_changes_of_a_published_text_can_be_sent_once(self, make, now):
        owner = make.organization()
        staff = make.member_of(owner)
        facility = make.facility(owner, status=S.PUBLISHED)
        assert "send" not in permissions.steps_for(staff, facility)
        facility.pending = {"name": "x"}
        assert "send" in permissions.steps_for(staff, facility)
        facility.pending_submitted_at = now
        assert "send" not in permissions.steps_for(staff, facility)
        assert "recall" in permissions.steps_for(staff, facility)

    def test_readers_take_no_step(self, make):
        facility = make.facility(status=S.PUBLISHED)
        assert permissions.steps_for(make.member_of(make.organization()), facility) == set()

    @pytest.mark.parametrize(
        ("role", "writes"),
        [
            (MemberRole.OWNER, True),
            (MemberRole.EDITOR, True),
            (MemberRole.OPERATOR_STAFF, True),
            (MemberRole.TTO_OFFICER, False),
            (MemberRole.TECHNOLOGY_MANAGER, False),
        ],
    )
    def test_three_roles_write(self, make, role, writes):
        owner = make.organization()
        actor = make.member_of(owner, role)
        assert permissions.may_edit(actor, make.facility(owner)) is writes
        assert (owner.id in permissions.writing_organizations(actor)) is writes

    def test_a_district_speaks_for_its_own_applications_alone(self, session, make):
        bureau = make.district()
        actor = make.member_of(bureau)
        districts = queries.districts_of(session, actor)
        assert districts == {"4201Z1"}
        assert queries.districts_of(session, make.actor()) == frozenset()
        application = make.facility(status=S.PUBLISHED, filing_level=FilingLevel.CITY)
        assert permissions.may_recommend(actor, application, districts)
        assert not permissions.may_recommend(actor, application, frozenset({"420111"}))
        own = make.facility(bureau, status=S.PUBLISHED, filing_level=FilingLevel.CITY)
        assert not permissions.may_recommend(actor, own, districts)
        draft = make.facility(filing_level=FilingLevel.CITY)
        assert not permissions.may_recommend(actor, draft, districts)


class TestQuestions:
    def test_predicate_and_clause_agree(self, session, make):
        question = make.facility_question()
        sender = session.get_one(Organization, question.sender_organization_id)
        owner = session.get_one(Organization, question.owner_id)
        for actor, sees in (
            (make.member_of(sender), True),
            (make.member_of(owner), True),
            (make.member_of(make.organization()), False),
            (make.reviewer(), False),
        ):
            assert permissions.may_see_question(actor, question) is sees
            page = [
                one.id
                for box in ("sent", "received")
                for one in queries.list_questions(session, actor=actor, box=box).items
            ]
            assert (question.id in page) is sees

    def test_open_ones_are_counted_for_the_owner(self, session, make, now):
        question = make.facility_question()
        owner = session.get_one(Organization, question.owner_id)
        actor = make.member_of(owner)
        assert queries.count_open_questions(session, actor) == 1
        assert permissions.may_reply(actor, question)
        question.reply, question.replied_at = "可以", now
        session.flush()
        assert queries.count_open_questions(session, actor) == 0
        assert not permissions.may_reply(actor, question)
