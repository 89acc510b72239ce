from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask_babel import force_locale, gettext
from sqlalchemy import select

from marketplace import relay
from marketplace.core.actor import MemberRole
from marketplace.core.jobs import Work
from marketplace.listings.models import DeclineReason as EnquiryDecline
from marketplace.listings.models import EnquiryStatus, ListingStatus
from marketplace.needs.models import AnswerStatus, DeclineReason, NeedStatus
from marketplace.notifications.models import Notice
from marketplace.notifications.rules import told
from marketplace.organizations.models import OrganizationStatus
from marketplace.told import topics
from marketplace.told.hearers import HEARERS, path
from tests.conftest import NOON


@pytest.fixture
def hear(app, session):
    def run(fact, record):
        work = Work(session=session, now=NOON, parts=SimpleNamespace())
        relay.HEARERS[f"told.{fact}"](work, id=str(record.id), ids=[str(record.id)])
        session.flush()
        return session.scalars(select(Notice).order_by(Notice.made_at)).all()

    return run


def text(notice):
    with force_locale("en"):
        return told(notice.message, notice.values, language="en", translate=gettext)


class TestListings:
    def test_tell_the_writers_what_to_mend(self, make, hear):
        organization = make.organization()
        owner = make.member(organization)
        make.member(organization, MemberRole.OPERATOR_STAFF)
        listing = make.listing(
            organization, status=ListingStatus.RETURNED, title="激光", title_en="Laser"
        )
        (notice,) = hear("listing.returned", listing)
        assert (notice.person_id, notice.link) == (
            owner.id,
            path("listings.show", listing_id=listing.id),
        )
        assert text(notice) == "“Laser” was returned: The gain is not measured."

    def test_published_together_are_told_of_once(self, make, hear):
        organization = make.organization(name_en="Wuhan Model University")
        owner = make.member(organization)
        first, second = (
            make.listing(organization, status=ListingStatus.PUBLISHED) for _ in range(2)
        )
        hear("listings.published", first)
        (notice,) = hear("listings.published", second)
        assert (notice.person_id, notice.link) == (
            owner.id,
            path("listings.index", organization_id=organization.id, tab="published"),
        )
        assert text(notice) == "Technologies of Wuhan Model University are published."

    def test_tell_the_same_once_and_the_next_anew(self, session, make, hear):
        organization = make.organization()
        make.member(organization)
        listing = make.listing(organization, status=ListingStatus.PUBLISHED)
        hear("listing.published", listing)
        assert len(hear("listing.published", listing)) == 1
        listing.title = "Another title"
        session.flush()
        assert len(hear("listing.published", listing)) == 2


class TestNeeds:
    @pytest.mark.parametrize("fact", sorted(topics.NEEDS))
    def test_tell_the_owners_writers(self, make, hear, fact):
        organization = make.organization()
        owner = make.member(organization)
        need = make.need(organization, status=NeedStatus.RETURNED)
        (notice,) = hear(fact, need)
        assert (notice.person_id, notice.topic) == (owner.id, fact)
        assert need.title in text(notice)


class TestQuestions:
    def test_reach_the_owner_and_the_reply_the_asker(self, session, make, hear):
        organization = make.organization()
        owner = make.member(organization)
        need = make.need(organization)
        question = make.need_question(need)
        (notice,) = hear("need.question_asked", need)
        assert notice.person_id == owner.id
        question.reply, question.replied_at = "每天两吨。", NOON
        session.flush()
        people = {one.person_id for one in hear("need.question_answered", need)}
        assert people == {owner.id, question.asked_by}

    def test_that_are_not_there_tell_nothing(self, make, hear):
        assert hear("need.question_answered", make.need()) == []


class TestAnswers:
    @pytest.mark.parametrize("fact", sorted(topics.TO_OWNER | topics.TO_ANSWERER))
    def test_reach_the_side_that_did_not_act(self, make, hear, fact):
        company, university = make.organization(), make.organization()
        buyer, seller = make.member(company), make.member(university)
        answer = make.answer(make.need(company), university, created_by=seller.id)
        (notice,) = hear(fact, answer)
        assert notice.person_id == (buyer.id if fact in topics.TO_OWNER else seller.id)

    @pytest.mark.parametrize(
        ("reason", "note", "shown"),
        [
            (DeclineReason.COST, "", "It costs too much"),
            (DeclineReason.OTHER, "已有供应商", "已有供应商"),
        ],
    )
    def test_that_were_declined_name_the_reason(self, make, hear, reason, note, shown):
        university = make.organization()
        seller = make.member(university)
        answer = make.answer(
            make.need(),
            university,
            created_by=seller.id,
            status=AnswerStatus.DECLINED,
            decline_reason=reason,
            decline_note=note,
        )
        (notice,) = hear("answer.declined", answer)
        assert text(notice).endswith(shown)


class TestEnquiries:
    def test_reach_the_listings_owner(self, make, hear):
        university = make.organization()
        seller = make.member(university)
        enquiry = make.enquiry(make.listing(university, status=ListingStatus.PUBLISHED))
        (notice,) = hear("enquiry.sent", enquiry)
        assert notice.person_id == seller.id

    def test_tell_the_sender_of_the_reply(self, make, hear):
        enquiry = make.enquiry(
            status=EnquiryStatus.DECLINED,
            replied_at=NOON,
            decline_reason=next(iter(EnquiryDecline)),
        )
        (notice,) = hear("enquiry.declined", enquiry)
        assert notice.person_id == enquiry.sender_id
        assert text(notice).endswith(next(iter(EnquiryDecline)).label)


class TestOrganizations:
    def test_tell_owners_alone(self, make, hear):
        organization = make.organization(status=OrganizationStatus.RETURNED)
        owner = make.member(organization)
        make.member(organization, MemberRole.EDITOR)
        (notice,) = hear("organization.returned", organization)
        assert notice.person_id == owner.id
        assert organization.return_reason in text(notice)


class TestGone:
    @pytest.mark.parametrize("name", sorted(HEARERS))
    def test_records_tell_nothing(self, hear, name):
        gone = SimpleNamespace(id="00000000-0000-4000-8000-000000000000")
        assert hear(name.removeprefix("told."), gone) == []
