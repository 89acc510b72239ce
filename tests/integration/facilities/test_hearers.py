from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import select

from marketplace import relay
from marketplace.accounts.services.personal_data import _parts
from marketplace.core.actor import MemberRole
from marketplace.core.jobs import Work
from marketplace.facilities.hearers import TOPICS
from marketplace.facilities.models import FacilityStatus, FilingLevel, Recommendation
from marketplace.notifications.models import Notice
from marketplace.notifications.rules import told
from marketplace.organizations.models import Organization
from tests.conftest import NOON
from tests.jobs import waiting

S = FacilityStatus
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def hear(app, session):
    def run(fact, identity):
        work = Work(session=session, now=NOON, parts=SimpleNamespace())
        for name in relay.TOPICS[fact]:
            if name.startswith("facilities."):
                relay.HEARERS[name](work, id=str(identity))
        session.flush()
        return session.scalars(select(Notice).order_by(Notice.made_at)).all()

    return run


def text(notice, language="en"):
    with force_locale("zh" if language == "zh" else "en"):
        return told(notice.message, notice.values, language=language, translate=gettext)


class TestOperator:
    @pytest.mark.parametrize(
        ("fact", "values", "message"),
        [
            ("facility.published", {}, "Your facility “Hall” is published."),
            (
                "facility.returned",
                {"status": S.RETURNED, "return_reason": "Unit?"},
                "Your facility “Hall” was returned: Unit?",
            ),
            (
                "facility.suspended",
                {"status": S.SUSPENDED, "suspended_reason": "Complaints"},
                "Your facility “Hall” was suspended: Complaints",
            ),
            ("facility.restored", {}, "Your facility “Hall” is shown again."),
            (
                "facility.recommended",
                {"recommendation": Recommendation.RECOMMENDED, "recommended_at": NOON},
                "The district gave its word on your facility “Hall”: Recommended by the district",
            ),
            (
                "facility.recommended",
                {
                    "recommendation": Recommendation.NOT_RECOMMENDED,
                    "recommended_at": NOON,
                    "recommendation_note": "Too few",
                },
                "The district gave its word on your facility “Hall”: Too few",
            ),
            (
                "facility.filed",
                {"filing_level": FilingLevel.CITY, "filing_number": "W-1"},
                "The city has your facility “Hall” on file: W-1",
            ),
            (
                "facility.filing_refused",
                {"filing_reason": "Too small"},
                "The city did not take your facility “Hall” on file: Too small",
            ),
        ],
    )
    def test_is_told_with_the_reason(self, make, hear, fact, values, message):
        owner = make.organization()
        staff = make.member(owner, MemberRole.OPERATOR_STAFF)
        make.member(owner, MemberRole.TECHNOLOGY_MANAGER)
        values = {"status": S.PUBLISHED} | values
        facility = make.facility(owner, name="厂房", name_en="Hall", **values)
        (notice,) = hear(fact, facility.id)
        assert notice.person_id == staff.id
        assert notice.link.endswith(f"/facilities/{facility.id}/check")
        assert text(notice) == message

    @pytest.mark.parametrize("fact", [*TOPICS, "facility.sent", "facility_question.asked"])
    def test_is_told_nothing_of_what_is_gone(self, hear, fact):
        assert hear(fact, UNKNOWN) == []


class TestDistrict:
    def test_is_asked_for_its_word(self, make, hear):
        bureau = make.district()
        speaker = make.member(bureau, MemberRole.EDITOR)
        make.member(bureau, MemberRole.TTO_OFFICER)
        make.member(make.district("420111"))
        facility = make.facility(status=S.UNDER_REVIEW, filing_level=FilingLevel.CITY)
        (notice,) = hear("facility.sent", facility.id)
        assert notice.person_id == speaker.id
        assert "asks for your district's recommendation" in text(notice)

    def test_is_not_asked_without_an_application(self, make, hear):
        make.member(make.district())
        assert hear("facility.sent", make.facility(status=S.UNDER_REVIEW).id) == []


class TestQuestions:
    def test_reach_the_operator_and_come_back(self, session, make, hear):
        question = make.facility_question()
        owner = session.get_one(Organization, question.owner_id)
        staff = make.member(owner, MemberRole.OPERATOR_STAFF)
        (asked,) = hear("facility_question.asked", question.id)
        assert asked.person_id == staff.id
        assert "asks about your facility" in text(asked)
        replied = hear("facility_question.replied", question.id)[-1]
        assert replied.person_id == question.sender_id

    def test_belong_to_ones_own_data(self, session, make):
        question = make.facility_question()
        (row,) = _parts["facility_questions"](session, question.sender_id)
        assert row["body"] == question.body


def test_facilities_follow_their_organization(session, make, hear):
    owner = make.organization()
    facility = make.facility(owner, status=S.PUBLISHED)
    hear("organization.changed", owner.id)
    assert any(str(facility.id) in str(payload) for _, payload in waiting(session))


class TestCertificates:
    def run(self, session):
        work = Work(session=session, now=NOON, parts=SimpleNamespace())
        relay.HEARERS["facilities.certificates"](work)
        session.flush()
        return session.scalars(select(Notice).order_by(Notice.made_at)).all()

    def test_that_end_soon_are_told_of_once(self, session, make):
        owner = make.organization()
        staff = make.member(owner, MemberRole.OPERATOR_STAFF)
        rows = [
            {"kind": "CNAS", "number": "L1", "scope": "", "expires_on": "2026-12-31"},
            {"kind": "CMA", "number": "2", "scope": "", "expires_on": "2028-01-01"},
            {"kind": "ISO", "number": "3", "scope": "", "expires_on": None},
        ]
        make.facility(owner, status=S.PUBLISHED, name_en="Hall", certificates=rows)
        make.facility(owner, certificates=rows)
        self.run(session)
        (notice,) = self.run(session)
        assert notice.person_id == staff.id
        assert text(notice) == "The certificate CNAS L1 of your facility “Hall” ends on 2026-12-31."
