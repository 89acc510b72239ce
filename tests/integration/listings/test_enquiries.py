from __future__ import annotations

from datetime import date

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.listings import queries
from marketplace.listings.models import DeclineReason, EnquiryStatus, ListingStatus
from marketplace.listings.services.enquiries import (
    answer_enquiry,
    contact_is_shown,
    decline_enquiry,
    send_enquiry,
)
from tests.factories.listings import NOON
from tests.jobs import topics

S = ListingStatus


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def company(make):
    return make.organization()


@pytest.fixture
def listing(make, owner):
    return make.listing(owner, status=S.PUBLISHED)


def sent(session, actor, listing, organization, **values):
    return send_enquiry(
        session,
        actor=actor,
        listing_id=listing.id,
        organization_id=organization.id,
        **{"message": "能否试用？", "shares_contact": True, "now": NOON, **values},
    )


class TestSendEnquiry:
    def test_is_due_in_two_working_days(self, session, make, listing, company):
        enquiry = sent(session, make.member_of(company), listing, company)
        # Friday: Monday and Tuesday are the next working days.
        assert enquiry.due_on == date(2026, 11, 24)
        assert (enquiry.owner_id, enquiry.status) == (listing.organization_id, EnquiryStatus.OPEN)
        assert topics(session) == {"enquiry.sent"}

    def test_only_one_waits_at_a_time(self, session, make, listing, company):
        sent(session, make.member_of(company), listing, company)
        with pytest.raises(RuleBroken, match="already waits"):
            sent(session, make.member_of(company), listing, company)

    def test_asks_for_words_but_not_too_many(self, session, make, listing, company):
        actor = make.member_of(company)
        for message in ("  ", "字" * 4001):
            with pytest.raises(RuleBroken) as caught:
                sent(session, actor, listing, company, message=message)
            assert caught.value.field == "message"

    def test_not_by_the_owner_nor_in_a_foreign_name(self, session, make, listing, owner, company):
        with pytest.raises(Denied):
            sent(session, make.member_of(owner), listing, owner)
        with pytest.raises(Denied):
            sent(session, make.member_of(make.organization()), listing, company)
        with pytest.raises(Denied):
            sent(session, make.actor(), listing, company)

    def test_not_about_a_draft(self, session, make, owner, company):
        with pytest.raises(NotFound):
            sent(session, make.member_of(company), make.listing(owner), company)


class TestReply:
    def test_shows_addresses_when_both_agree(self, session, make, owner, listing, company):
        for ours, theirs in ((True, True), (True, False), (False, True)):
            organization = make.organization()
            enquiry = make.enquiry(listing, sender_organization=organization, shares_contact=theirs)
            answer_enquiry(
                session,
                actor=make.member_of(owner),
                enquiry_id=enquiry.id,
                reply="可以。",
                shares_contact=ours,
                now=NOON,
            )
            assert enquiry.status is EnquiryStatus.ANSWERED
            assert contact_is_shown(enquiry) is (ours and theirs)
        assert topics(session) == {"enquiry.answered"}

    def test_once(self, session, make, owner, listing):
        enquiry = make.enquiry(listing)
        actor = make.member_of(owner)
        decline_enquiry(
            session,
            actor=actor,
            enquiry_id=enquiry.id,
            reason=DeclineReason.TAKEN,
            text="",
            now=NOON,
        )
        assert (enquiry.status, enquiry.replied_at) == (EnquiryStatus.DECLINED, NOON)
        with pytest.raises(StepNotAllowed):
            answer_enquiry(
                session,
                actor=actor,
                enquiry_id=enquiry.id,
                reply="x",
                shares_contact=False,
                now=NOON,
            )

    def test_another_reason_needs_words(self, session, make, owner, listing):
        enquiry = make.enquiry(listing)
        with pytest.raises(RuleBroken) as caught:
            decline_enquiry(
                session,
                actor=make.member_of(owner),
                enquiry_id=enquiry.id,
                reason=DeclineReason.OTHER,
                text=" ",
                now=NOON,
            )
        assert caught.value.field == "decline_text"

    def test_only_by_who_writes_for_the_owner(self, session, make, owner, listing, company):
        enquiry = make.enquiry(listing, sender_organization=company)

        def answered(actor):
            answer_enquiry(
                session,
                actor=actor,
                enquiry_id=enquiry.id,
                reply="x",
                shares_contact=False,
                now=NOON,
            )

        for actor in (make.member_of(company), make.member_of(owner, MemberRole.OPERATOR_STAFF)):
            with pytest.raises(Denied):
                answered(actor)
        for actor in (make.member_of(make.organization()), make.administrator(), make.actor()):
            with pytest.raises(NotFound):
                answered(actor)


class TestInbox:
    def test_open_ones_stand_first_by_due_day(self, session, make, owner, listing):
        late = make.enquiry(listing, due_on=date(2026, 11, 20))
        later = make.enquiry(listing, due_on=date(2026, 11, 25))
        done = make.enquiry(
            listing, due_on=date(2026, 11, 1), status=EnquiryStatus.ANSWERED, replied_at=NOON
        )
        make.enquiry()
        page = queries.list_enquiries(session, actor=make.member_of(owner), box="received")
        assert [row.id for row in page.items] == [late.id, later.id, done.id]

    def test_each_side_has_its_own(self, session, make, listing, company):
        enquiry = make.enquiry(listing, sender_organization=company)
        actor = make.member_of(company)
        sent_box = queries.list_enquiries(session, actor=actor, box="sent")
        assert [row.id for row in sent_box.items] == [enquiry.id]
        assert queries.list_enquiries(session, actor=actor, box="received").total == 0

    def test_about_one_listing(self, session, make, owner, listing, company):
        enquiry = make.enquiry(listing, sender_organization=company)
        make.enquiry(listing)
        actor = make.member_of(company)
        rows = queries.list_enquiries_of(session, listing.id, actor=actor)
        assert [row.id for row in rows] == [enquiry.id]
        assert len(queries.list_enquiries_of(session, listing.id, actor=make.member_of(owner))) == 2
