"""Introductions, claims of whom a contract went round, ratings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.listings.models import ListingStatus
from marketplace.managers import queries, services
from marketplace.managers.models import Claim, Introduction, ManagerStatus, MandateStatus
from marketplace.managers.permissions import may_see_introduction
from marketplace.managers.queries.record import get_claim, get_introduction, list_claims
from marketplace.needs.models import Confidentiality
from marketplace.organizations.models import Organization, OrganizationStatus
from tests.jobs import topics

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def profile(make):
    return make.manager()


@pytest.fixture
def manager(make, profile):
    return make.manager_actor(profile)


@pytest.fixture
def listing(make):
    return make.listing(status=ListingStatus.PUBLISHED)


@pytest.fixture
def need(make):
    return make.need()


def introduce(session, actor, profile, listing, need, **values):
    values = {
        "licensor_id": listing.organization_id,
        "licensee_id": need.organization_id,
        "listing_id": listing.id,
        "need_id": need.id,
        "now": NOON,
    } | values
    return services.introduce(session, actor=actor, manager_id=profile.id, **values)


class TestIntroduce:
    def test_is_kept_with_its_moment(self, session, manager, profile, listing, need, audited):
        made = introduce(session, manager, profile, listing, need, note="首次视频会")
        assert (made.at, made.listing_id, made.need_id, made.note) == (
            NOON,
            listing.id,
            need.id,
            "首次视频会",
        )
        assert audited(made) == ["manager.introduced"]
        assert "manager.introduced" in topics(session)

    def test_stands_as_it_was_when_repeated(self, session, manager, profile, listing, need):
        first = introduce(session, manager, profile, listing, need)
        again = introduce(session, manager, profile, listing, need, now=NOON + timedelta(days=9))
        assert (again.id, again.at) == (first.id, NOON)

    def test_writes_only_what_is_new(self, session, make, manager, profile, listing, need):
        introduce(session, manager, profile, listing, need)
        owner = session.get_one(Organization, need.organization_id)
        second = introduce(session, manager, profile, listing, make.need(owner))
        assert second.listing_id is None
        assert session.scalars(select(Introduction)).all().__len__() == 2

    def test_belongs_to_whoever_was_first(self, session, make, manager, profile, listing, need):
        introduce(session, manager, profile, listing, need)
        rival = make.manager()
        with pytest.raises(RuleBroken, match="before"):
            introduce(session, make.manager_actor(rival), rival, listing, need, need_id=None)

    def test_is_first_in_the_database_too(self, session, make, profile, listing, need):
        make.introduction(profile, listing, need)
        with pytest.raises(DBAPIError, match="first_introduction_to_need"):
            make.introduction(make.manager(), listing, need, listing_id=None)

    def test_is_said_by_the_manager_alone(self, session, make, profile, listing, need):
        for who in (make.manager_actor(make.manager()), make.member_of(make.organization())):
            with pytest.raises(Denied):
                introduce(session, who, profile, listing, need)

    def test_needs_a_license_that_runs(self, session, make, listing, need):
        over = make.manager(status=ManagerStatus.EXPIRED)
        with pytest.raises(RuleBroken, match="does not run today"):
            introduce(session, make.manager_actor(over), over, listing, need)

    def test_is_about_two(self, session, manager, profile, listing, need):
        with pytest.raises(RuleBroken, match="two organizations"):
            introduce(session, manager, profile, listing, need, licensee_id=listing.organization_id)

    def test_is_about_a_record(self, session, manager, profile, listing, need):
        with pytest.raises(RuleBroken, match="about a technology"):
            introduce(session, manager, profile, listing, need, listing_id=None, need_id=None)

    def test_is_not_about_the_own_organization(self, session, make, listing, need):
        inside = make.manager(session.get_one(Organization, need.organization_id))
        with pytest.raises(RuleBroken, match="own organization"):
            introduce(session, make.manager_actor(inside), inside, listing, need)

    def test_fits_records_and_sides(self, session, make, manager, profile, listing, need):
        third = make.organization()
        for changes in ({"licensor_id": third.id}, {"licensee_id": third.id}):
            with pytest.raises(NotFound):
                introduce(session, manager, profile, listing, need, **changes)
        unknown = make.organization(status=OrganizationStatus.APPLIED)
        with pytest.raises(NotFound):
            introduce(session, manager, profile, listing, need, licensee_id=unknown.id)

    def test_does_not_find_out_whose_need_it_is(self, session, manager, profile, listing, need):
        need.confidentiality = Confidentiality.ON_CONSENT
        session.flush()
        with pytest.raises(NotFound):
            introduce(session, manager, profile, listing, need)

    def test_holds_up_no_deal_that_runs(self, session, make, listing, need):
        over = make.manager(status=ManagerStatus.EXPIRED)
        actor = make.manager_actor(over)
        listing.status = ListingStatus.WITHDRAWN
        made = introduce(session, actor, over, listing, need, running=True)
        assert (made.manager_id, made.listing_id) == (over.id, listing.id)
        rival = make.manager()
        again = introduce(session, make.manager_actor(rival), rival, listing, need, running=True)
        assert again.id == made.id
        with pytest.raises(Denied):
            introduce(session, actor, rival, listing, need, running=True)
        with pytest.raises(NotFound):
            services.introduce(
                session,
                actor=actor,
                manager_id=uuid4(),
                licensor_id=listing.organization_id,
                licensee_id=need.organization_id,
                listing_id=listing.id,
                need_id=None,
                now=NOON,
                running=True,
            )

    def test_can_never_be_changed_or_removed(self, session, make, profile, listing, need):
        make.introduction(profile, listing, need)
        for statement in (
            "UPDATE introduction SET note = 'x'",
            "DELETE FROM introduction",
        ):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(text(statement))


class TestGetIntroduction:
    def test_is_for_the_three(self, session, make, manager, profile, listing, need):
        made = make.introduction(profile, listing, need)
        licensor = session.get_one(Organization, listing.organization_id)
        licensee = session.get_one(Organization, need.organization_id)
        for who in (
            manager,
            make.member_of(licensor, MemberRole.EDITOR),
            make.member_of(licensee),
        ):
            assert get_introduction(session, made.id, actor=who).id == made.id
            assert may_see_introduction(who, made, profile)
            assert queries.list_introductions(session, actor=who).total == 1
        for who in (make.reviewer(), make.member_of(make.organization()), VISITOR):
            with pytest.raises(NotFound):
                get_introduction(session, made.id, actor=who)
            assert queries.list_introductions(session, actor=who).total == 0
            assert not may_see_introduction(who, made, profile)


class TestNoticeContract:
    @pytest.fixture
    def mandate(self, make, profile, need):
        return make.mandate(profile, need, status=MandateStatus.SIGNED)

    @pytest.fixture
    def introduction(self, make, profile, listing, need):
        return make.introduction(profile, listing, need)

    def notice(self, session, listing, need, **values):
        values = {
            "licensor_id": listing.organization_id,
            "licensee_id": need.organization_id,
            "listing_id": listing.id,
            "need_id": need.id,
            "manager_id": None,
            "registered_at": NOON,
            "now": NOON,
        } | values
        return services.notice_contract(session, **values)

    def test_makes_a_claim_with_the_facts(
        self, session, listing, need, profile, mandate, introduction, audited
    ):
        (claim,) = self.notice(session, listing, need, value_minor=200_000_000)
        assert (claim.manager_id, claim.mandate_id) == (profile.id, mandate.id)
        assert claim.facts["introduced_at"] == introduction.at.isoformat()
        assert claim.facts["mandate"]["success_fee_bp"] == 500
        assert {line["title"] for line in claim.facts["records"]} == {listing.title, need.title}
        assert audited(claim) == ["manager.claim_arisen"]
        assert "manager.claim_arisen" in topics(session)
        assert list_claims(session, profile.id) == [claim]

    def test_makes_it_once(self, session, listing, need, mandate, introduction):
        self.notice(session, listing, need)
        assert self.notice(session, listing, need) == []

    def test_leaves_the_contract_s_own_manager(
        self, session, listing, need, profile, mandate, introduction
    ):
        assert self.notice(session, listing, need, manager_id=profile.id) == []

    def test_needs_a_mandate(self, session, make, listing, need, profile, introduction):
        assert self.notice(session, listing, need) == []
        make.mandate(profile, need)
        make.mandate(make.manager(), need, status=MandateStatus.SIGNED)
        assert self.notice(session, listing, need) == []

    def test_needs_an_introduction_before_the_contract(
        self, session, make, listing, need, profile, mandate
    ):
        make.introduction(profile, listing, need, at=NOON + timedelta(days=1))
        assert self.notice(session, listing, need) == []

    def test_needs_the_same_record(self, session, make, listing, need, mandate, introduction):
        assert self.notice(session, listing, need, listing_id=uuid4(), need_id=None) == []
        assert self.notice(session, listing, need, listing_id=None, need_id=None) == []

    @pytest.mark.parametrize(("days_after", "claims"), [(180, 1), (181, 0)])
    def test_counts_the_tail_from_an_early_end(
        self, session, make, listing, need, profile, introduction, days_after, claims
    ):
        end = datetime(2026, 11, 10, 3, tzinfo=UTC)
        make.mandate(profile, need, status=MandateStatus.ENDED, ended_at=end)
        found = self.notice(session, listing, need, registered_at=end + timedelta(days=days_after))
        assert len(found) == claims

    def test_keeps_to_the_partner_that_the_mandate_names(
        self, session, make, listing, need, profile, introduction
    ):
        make.mandate(
            profile,
            need,
            status=MandateStatus.SIGNED,
            other_organization_id=make.organization().id,
        )
        assert self.notice(session, listing, need) == []
        make.mandate(
            profile,
            need,
            status=MandateStatus.SIGNED,
            other_organization_id=listing.organization_id,
        )
        assert len(self.notice(session, listing, need)) == 1

    def test_gives_one_manager_one_claim(self, session, make, listing, need, profile, mandate):
        make.introduction(profile, listing, need, need_id=None)
        make.introduction(profile, listing, need, listing_id=None)
        assert len(self.notice(session, listing, need)) == 1

    def test_can_never_be_changed(self, session, listing, need, mandate, introduction):
        self.notice(session, listing, need)
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text("DELETE FROM manager_claim"))


class TestGetClaim:
    def test_is_the_manager_s_own(self, session, make, manager, profile, listing, need):
        made = make.introduction(profile, listing, need)
        claim = make.claim(made, make.mandate(profile, need, status=MandateStatus.SIGNED))
        assert get_claim(session, claim.id, actor=manager).id == claim.id
        client = session.get_one(Organization, need.organization_id)
        for who in (make.member_of(client), make.reviewer(), VISITOR):
            with pytest.raises(NotFound):
                get_claim(session, claim.id, actor=who)
        assert session.scalars(select(Claim)).one() is claim


class TestRate:
    def rate(self, session, actor, profile, organization, **values):
        values = {"deal_id": uuid4(), "stars": 5, "text": " 很好 ", "now": NOON} | values
        return services.rate(
            session,
            actor=actor,
            manager_id=profile.id,
            organization_id=organization.id,
            **values,
        )

    def test_counts_in_the_mean(self, session, make, profile, audited):
        organization = make.organization()
        rating = self.rate(session, make.member_of(organization), profile, organization)
        make.rating(profile, stars=2)
        assert rating.text == "很好"
        found = queries.rating_of(session, profile.id)
        assert (found.mean, found.count) == (3.5, 2)
        assert queries.list_ratings(session, profile.id).total == 2
        assert audited(profile) == ["manager.rated"]

    def test_has_no_mean_without_any(self, session, profile):
        assert queries.rating_of(session, profile.id).mean is None

    def test_comes_once_from_each_side(self, session, make, profile):
        organization, deal = make.organization(), uuid4()
        actor = make.member_of(organization)
        self.rate(session, actor, profile, organization, deal_id=deal)
        with pytest.raises(RuleBroken, match="rated this deal already"):
            self.rate(session, actor, profile, organization, deal_id=deal)

    def test_is_given_by_writers_of_the_side(self, session, make, profile):
        organization = make.organization()
        with pytest.raises(NotFound):
            self.rate(session, make.member_of(make.organization()), profile, organization)
        staff = make.member_of(organization, MemberRole.OPERATOR_STAFF)
        with pytest.raises(Denied):
            self.rate(session, staff, profile, organization)

    def test_is_never_about_oneself_or_nobody(self, session, make):
        from marketplace.accounts.models import User

        profile, organization = make.manager(), make.organization()
        make.membership(session.get_one(User, profile.person_id), organization)
        with pytest.raises(Denied):
            self.rate(session, make.manager_actor(profile), profile, organization)
        profile.id = uuid4()
        session.expunge(profile)
        with pytest.raises(NotFound):
            self.rate(session, make.member_of(organization), profile, organization)

    def test_is_never_deleted(self, session, make, profile):
        make.rating(profile)
        with pytest.raises(DBAPIError), session.begin_nested():
            session.execute(text("DELETE FROM manager_rating"))
