"""What the register hears and whom it tells."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from marketplace.core import jobs
from marketplace.listings.models import ListingStatus
from marketplace.managers import services
from marketplace.managers.models import Claim, ManagerStatus, MandateStatus
from marketplace.needs.clock import day_of
from marketplace.notifications.models import Notice
from marketplace.organizations.models import Organization
from tests.jobs import run_jobs, waiting

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def profile(make):
    return make.manager(expires_on=date(2027, 5, 1))


def told(session, person_id):
    rows = session.scalars(
        select(Notice).where(Notice.person_id == person_id).order_by(Notice.made_at)
    )
    return [(row.topic, row.link) for row in rows]


def tell(app, session, topic, **payload):
    jobs.tell(session, topic, **payload)
    run_jobs(app, session)


class TestEntry:
    @pytest.mark.parametrize(
        "fact",
        [
            "manager.licensed",
            "manager.refused",
            "manager.turned_down",
            "manager.suspended",
            "manager.restored",
            "manager.expired",
        ],
    )
    def test_tells_its_holder(self, app, session, profile, fact):
        tell(app, session, fact, id=str(profile.id), reason="说明")
        assert told(session, profile.person_id) == [(fact, "/managers/me")]

    def test_warns_once_for_each_step(self, app, session, profile):
        for days in ("60", "60", "30"):
            tell(app, session, "manager.expiring", id=str(profile.id), days=days)
        assert len(told(session, profile.person_id)) == 2
        notice = session.scalars(select(Notice)).first()
        assert notice.values["day"] == "2027-05-01"

    def test_says_nothing_of_what_is_gone(self, app, session, profile):
        nobody = "00000000-0000-4000-8000-000000000000"
        for fact in (
            "manager.licensed",
            "mandate.offered",
            "manager.introduced",
            "manager.claim_arisen",
            "manager.rated",
        ):
            tell(app, session, fact, id=nobody)
        assert session.scalars(select(Notice)).all() == []


class TestMandates:
    @pytest.mark.parametrize(
        "fact",
        [
            "mandate.drafted",
            "mandate.offered",
            "mandate.revised",
            "mandate.declined",
            "mandate.signed",
            "mandate.ended",
        ],
    )
    def test_tell_the_side_that_did_not_act(self, app, session, make, profile, fact):
        mandate = make.mandate(profile)
        client = make.member(session.get_one(Organization, mandate.client_organization_id))
        tell(app, session, fact, id=str(mandate.id), by=str(profile.person_id))
        assert told(session, profile.person_id) == []
        assert told(session, client.id) == [(fact, f"/mandates/{mandate.id}")]

    def test_tell_both_of_what_happens_by_itself(self, app, session, make, profile):
        mandate = make.mandate(profile, status=MandateStatus.SIGNED)
        client = make.member(session.get_one(Organization, mandate.client_organization_id))
        tell(app, session, "mandate.ended", id=str(mandate.id), by="")
        assert len(told(session, profile.person_id)) == len(told(session, client.id)) == 1


class TestRecord:
    def test_tells_both_organizations_of_an_introduction(self, app, session, make, profile):
        listing, need = make.listing(status=ListingStatus.PUBLISHED), make.need()
        people = [
            make.member(session.get_one(Organization, one.organization_id))
            for one in (listing, need)
        ]
        services.introduce(
            session,
            actor=make.manager_actor(profile),
            manager_id=profile.id,
            licensor_id=listing.organization_id,
            licensee_id=need.organization_id,
            listing_id=listing.id,
            need_id=need.id,
            now=NOON,
        )
        run_jobs(app, session)
        for person in people:
            ((topic, link),) = told(session, person.id)
            assert topic == "manager.introduced"
            assert link.startswith("/introductions/")

    def test_makes_a_claim_of_a_registered_contract(self, app, session, make, profile):
        listing, need = make.listing(status=ListingStatus.PUBLISHED), make.need()
        make.introduction(profile, listing, need)
        make.mandate(profile, need, status=MandateStatus.SIGNED)
        contract = {
            "licensor_id": str(listing.organization_id),
            "licensee_id": str(need.organization_id),
            "listing_id": str(listing.id),
            "need_id": str(need.id),
            "manager_id": None,
            "contract_id": "x",
            "registered_on": "2026-11-20",
        }
        for _ in range(2):
            tell(app, session, "contract.registered", **contract)
        claim = session.scalars(select(Claim)).one()
        assert day_of(claim.registered_at) == date(2026, 11, 20)
        assert told(session, profile.person_id) == [
            ("manager.claim_arisen", f"/managers/me/claims/{claim.id}")
        ]

    def test_counts_an_introduction_of_the_same_day(self, app, session, make, profile):
        listing, need = make.listing(status=ListingStatus.PUBLISHED), make.need()
        make.introduction(profile, listing, need, at=NOON)
        make.mandate(profile, need, status=MandateStatus.SIGNED)
        tell(
            app,
            session,
            "contract.registered",
            licensor_id=str(listing.organization_id),
            licensee_id=str(need.organization_id),
            need_id=str(need.id),
            manager_id=str(make.manager().id),
            registered_on="2026-11-20",
        )
        assert session.scalars(select(Claim)).one().facts["value_minor"] is None

    def test_tells_of_a_rating(self, app, session, make, profile):
        rating = make.rating(profile)
        tell(app, session, "manager.rated", id=str(rating.id))
        assert told(session, profile.person_id) == [("manager.rated", f"/managers/{profile.id}")]


class TestWatch:
    def test_runs_over_licenses_and_mandates(self, app, session, make):
        over = make.manager(expires_on=date(2026, 1, 1))
        mandate = make.mandate(
            status=MandateStatus.SIGNED, starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1)
        )
        jobs.ask(session, "managers.watch")
        run_jobs(app, session)
        session.expire_all()
        assert over.status is ManagerStatus.EXPIRED
        assert mandate.status is MandateStatus.ENDED


class TestFollowOrganization:
    def test_queues_the_documents_that_quote_it(self, app, session, make, profile):
        make.manager(
            session.get_one(Organization, profile.organization_id), status=ManagerStatus.APPLIED
        )
        jobs.tell(session, "organization.changed", id=str(profile.organization_id))
        run_jobs(app, session, rounds=2)
        queued = [payload for name, payload in waiting(session) if payload.get("kind") == "manager"]
        assert [payload["ids"] for payload in queued] == [[str(profile.id)]]


class TestLeave:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (ManagerStatus.LICENSED, ManagerStatus.SUSPENDED),
            (ManagerStatus.EXPIRED, ManagerStatus.SUSPENDED),
            (ManagerStatus.APPLIED, ManagerStatus.REFUSED),
            (ManagerStatus.REFUSED, ManagerStatus.REFUSED),
        ],
    )
    def test_hides_whoever_closed_the_account(self, app, session, make, before, after):
        profile = make.manager(status=before)
        tell(app, session, "account.closed", user_id=str(profile.person_id))
        session.refresh(profile)
        assert profile.status is after

    def test_leaves_others_alone(self, app, session, make, profile):
        tell(app, session, "account.closed", user_id=str(make.user().id))
        session.refresh(profile)
        assert profile.status is ManagerStatus.LICENSED
