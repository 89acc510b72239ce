"""Deals begin with a match, an answer or an enquiry, by who may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.deals.models import Deal, DealOrigin, DealRole, DealStage
from marketplace.deals.queries.deals import list_history
from marketplace.deals.services import matches
from marketplace.deals.services.contacts import agree_to_be_named
from marketplace.deals.services.opening import Opening, find_deal_of, find_origin, open_deal
from marketplace.listings.models import DeclineReason, EnquiryStatus, ListingStatus
from marketplace.managers.models import Introduction, ManagerStatus
from marketplace.matching.models import Match, MatchState
from marketplace.needs.models import AnswerStatus, Confidentiality
from marketplace.organizations.models import Organization
from tests.jobs import topics

STEP = Opening(next_step="电话沟通", next_on=date(2026, 12, 1))


@pytest.fixture
def start(session, now):
    def opened(actor, origin, thing, **values):
        given = {"opening": STEP, "now": now} | values
        return open_deal(session, actor=actor, origin=origin, origin_id=thing.id, **given)

    return opened


@pytest.fixture
def writer(make, session):
    def of(organization_id, role=MemberRole.EDITOR):
        return make.member_of(session.get_one(Organization, organization_id), role)

    return of


class TestFromEnquiry:
    def test_is_opened_by_the_owner_at_any_time(self, session, make, start, writer):
        enquiry = make.enquiry()
        deal = start(writer(enquiry.owner_id), DealOrigin.ENQUIRY, enquiry)
        assert (deal.licensor_id, deal.licensee_id) == (
            enquiry.owner_id,
            enquiry.sender_organization_id,
        )
        assert deal.stage is DealStage.INQUIRY
        assert deal.reference.startswith("HQ-")
        entry = list_history(session, deal.id)[0]
        assert (entry.event, entry.role) == ("open", DealRole.LICENSOR)
        assert entry.values == {"next_step": "电话沟通", "next_on": "2026-12-01"}
        assert "deal.opened" in topics(session)
        assert find_deal_of(session, DealOrigin.ENQUIRY, enquiry.id) is deal

    def test_is_opened_by_the_asker_once_answered(self, make, start, writer, now):
        enquiry = make.enquiry()
        asker = writer(enquiry.sender_organization_id)
        with pytest.raises(Denied):
            start(asker, DealOrigin.ENQUIRY, enquiry)
        enquiry.status, enquiry.reply, enquiry.replied_at = EnquiryStatus.ANSWERED, "好", now
        assert start(asker, DealOrigin.ENQUIRY, enquiry).licensee_id in asker.organization_ids

    def test_grows_out_of_nothing_declined(self, make, start, writer, now):
        enquiry = make.enquiry(
            status=EnquiryStatus.DECLINED, decline_reason=DeclineReason.TAKEN, replied_at=now
        )
        with pytest.raises(NotFound):
            start(writer(enquiry.owner_id), DealOrigin.ENQUIRY, enquiry)

    def test_does_not_exist_for_strangers(self, make, start):
        with pytest.raises(NotFound):
            start(make.member_of(make.organization()), DealOrigin.ENQUIRY, make.enquiry())

    def test_is_refused_to_readers(self, make, start, writer):
        enquiry = make.enquiry()
        reader = writer(enquiry.owner_id, MemberRole.OPERATOR_STAFF)
        with pytest.raises(Denied):
            start(reader, DealOrigin.ENQUIRY, enquiry)

    def test_is_opened_once(self, make, start, writer):
        enquiry = make.enquiry()
        start(writer(enquiry.owner_id), DealOrigin.ENQUIRY, enquiry)
        with pytest.raises(RuleBroken):
            start(writer(enquiry.owner_id), DealOrigin.ENQUIRY, enquiry)

    def test_is_opened_again_after_it_lapsed(self, make, session, start, writer, now):
        enquiry = make.enquiry()
        deal = start(writer(enquiry.owner_id), DealOrigin.ENQUIRY, enquiry)
        deal.stage, deal.ended_at, deal.lapse_reason = DealStage.LAPSED, now, "price"
        session.flush()
        again = start(writer(enquiry.owner_id), DealOrigin.ENQUIRY, enquiry)
        assert again.id != deal.id

    def test_needs_a_next_step(self, make, start, writer):
        enquiry = make.enquiry()
        with pytest.raises(RuleBroken):
            start(
                writer(enquiry.owner_id),
                DealOrigin.ENQUIRY,
                enquiry,
                opening=Opening(next_step=" ", next_on=date(2026, 12, 1)),
            )

    def test_of_an_organization_with_itself_is_refused(self, make, session, start):
        organization = make.organization()
        listing = make.listing(organization, status=ListingStatus.PUBLISHED)
        enquiry = make.enquiry(listing, sender_organization=organization)
        with pytest.raises(RuleBroken):
            start(make.member_of(organization), DealOrigin.ENQUIRY, enquiry)


class TestFromAnswer:
    def test_is_opened_by_the_needs_owner(self, make, session, start, writer):
        answer = make.answer(status=AnswerStatus.SHORTLISTED)
        owner = session.get_one(Organization, make_need(session, answer).organization_id)
        deal = start(make.member_of(owner), DealOrigin.ANSWER, answer)
        assert (deal.licensee_id, deal.need_id) == (owner.id, answer.need_id)
        assert deal.listing_id is None

    def test_is_opened_by_who_answered_once_chosen(self, make, session, start, writer):
        answer = make.answer()
        with pytest.raises(Denied):
            start(writer(answer.organization_id), DealOrigin.ANSWER, answer)
        chosen = make.answer(status=AnswerStatus.CHOSEN)
        deal = start(writer(chosen.organization_id), DealOrigin.ANSWER, chosen)
        assert deal.licensor_id == chosen.organization_id

    def test_grows_out_of_nothing_declined(self, make, session, start):
        answer = make.answer(status=AnswerStatus.DECLINED)
        owner = session.get_one(Organization, make_need(session, answer).organization_id)
        with pytest.raises(NotFound):
            start(make.member_of(owner), DealOrigin.ANSWER, answer)


def make_need(session, answer):
    from marketplace.needs.models import Need

    return session.get_one(Need, answer.need_id)


@pytest.fixture
def broker(make, session):
    profile = make.broker()
    return profile, make.actor(session.get_one(User, profile.person_id))


class TestFromMatch:
    def test_is_opened_by_either_side(self, make, start, writer):
        for side in ("need", "listing"):
            need, listing = make.need(), make.listing(status=ListingStatus.PUBLISHED)
            record = need if side == "need" else listing
            match = make.match(need, listing)
            assert start(writer(record.organization_id), DealOrigin.MATCH, match).match_id

    def test_is_sent_to_both_sides_by_a_licensed_manager(self, make, session, broker, start, now):
        profile, actor = broker
        match = make.match()
        assert match.id in {one.id for one in matches.list_unassigned(session, actor=actor, most=9)}
        deal = matches.send_match(session, actor=actor, match_id=match.id, opening=STEP, now=now)
        assert deal.manager_id == profile.id
        assert deal.manager_accepted_at == now
        made = session.scalars(select(Introduction)).one()
        assert (made.licensor_id, made.licensee_id) == (deal.licensor_id, deal.licensee_id)
        session.refresh(match)
        assert match.contacted_at == now
        assert matches.list_unassigned(session, actor=actor, most=9) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"status": ManagerStatus.SUSPENDED, "reason": "x"},
            {"expires_on": date(2026, 11, 19)},
            {"status": ManagerStatus.APPLIED, "licensed_at": None},
        ],
    )
    def test_is_hidden_from_managers_whose_licence_does_not_run(self, make, session, now, change):
        profile = make.broker(**change)
        actor = make.actor(session.get_one(User, profile.person_id))
        with pytest.raises(NotFound):
            matches.send_match(
                session, actor=actor, match_id=make.match().id, opening=STEP, now=now
            )

    def test_is_never_brokered_by_somebody_of_a_party(self, make, session, now):
        organization = make.organization()
        person = make.member(organization)
        profile = make.broker(person=person)
        profile.organization_id = organization.id
        match = make.match(listing=make.listing(organization, status=ListingStatus.PUBLISHED))
        with pytest.raises(Denied):
            matches.send_match(
                session, actor=make.actor(person), match_id=match.id, opening=STEP, now=now
            )

    def test_is_refused_when_another_manager_introduced_them_before(
        self, make, session, broker, now
    ):
        need, listing = make.need(), make.listing(status=ListingStatus.PUBLISHED)
        match = make.match(need, listing)
        earlier = make.broker()
        session.add(
            Introduction(
                manager_id=earlier.id,
                licensor_id=listing.organization_id,
                licensee_id=need.organization_id,
                at=now,
                introduced_by=earlier.person_id,
                listing_id=match.listing_id,
            )
        )
        session.flush()
        with pytest.raises(RuleBroken):
            matches.send_match(session, actor=broker[1], match_id=match.id, opening=STEP, now=now)

    def test_hides_a_company_that_wants_it_until_it_agrees(self, make, session, broker, now):
        need = make.need(confidentiality=Confidentiality.ON_CONSENT)
        match = make.match(need)
        deal = matches.send_match(
            session, actor=broker[1], match_id=match.id, opening=STEP, now=now
        )
        assert deal.licensee_hidden
        assert session.scalar(select(Introduction)) is None
        company = make.member_of(session.get_one(Organization, need.organization_id))
        later = now + timedelta(days=1)
        agree_to_be_named(session, actor=company, deal_id=deal.id, now=later)
        assert not deal.licensee_hidden
        assert session.scalars(select(Introduction)).one().at == later
        with pytest.raises(RuleBroken):
            agree_to_be_named(session, actor=company, deal_id=deal.id, now=later)

    def test_names_a_company_that_agreed_to_this_owner(self, make, session, broker, now):
        need = make.need(confidentiality=Confidentiality.ON_CONSENT)
        listing = make.listing(status=ListingStatus.PUBLISHED)
        match = make.match(need, listing)
        make.consent(need, session.get_one(Organization, listing.organization_id))
        deal = matches.send_match(
            session, actor=broker[1], match_id=match.id, opening=STEP, now=now
        )
        assert not deal.licensee_hidden

    def test_lets_a_manager_into_an_enquiry_by_mandate_alone(self, make, session, broker, now):
        enquiry = make.enquiry()
        found = find_origin(session, DealOrigin.ENQUIRY, enquiry.id, actor=broker[1], now=now)
        assert found is None

    def test_of_a_gone_match_grows_nothing(self, make, start, writer):
        need = make.need()
        match = make.match(need)
        owner = writer(need.organization_id)
        match.state = MatchState.SUPERSEDED
        with pytest.raises(NotFound):
            start(owner, DealOrigin.MATCH, match)


def test_two_deals_about_one_thing_are_refused_across_origins(make, session, start, writer):
    need, listing = make.need(), make.listing(status=ListingStatus.PUBLISHED)
    match = make.match(need, listing)
    owner = writer(listing.organization_id)
    start(owner, DealOrigin.MATCH, match)
    answer = make.answer(
        need,
        session.get_one(Organization, listing.organization_id),
        listing_id=match.listing_id,
        status=AnswerStatus.CHOSEN,
    )
    with pytest.raises(RuleBroken):
        start(owner, DealOrigin.ANSWER, answer)
    assert len(session.scalars(select(Deal)).all()) == 1
    assert session.scalars(select(Match)).one().contacted_at is not None
