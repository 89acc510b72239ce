"""A registered contract that left out the manager who had introduced its parties."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from marketplace.contracts.rules import Point
from marketplace.contracts.services import registration
from marketplace.listings.models import Listing
from marketplace.managers.models import Claim, Introduction, MandateStatus
from tests.conftest import NOON
from tests.jobs import run_jobs

TODAY = date(2026, 11, 20)


def test_gives_the_manager_a_claim_with_the_contract_s_value(app, session, make):
    deal, contract = make.signed_contract()
    profile = make.manager()
    listing = session.get_one(Listing, deal.listing_id)
    make.mandate(profile, listing, status=MandateStatus.SIGNED, success_fee_bp=500)
    make.add(
        Introduction(
            manager_id=profile.id,
            licensor_id=deal.licensor_id,
            licensee_id=deal.licensee_id,
            listing_id=listing.id,
            at=datetime(2026, 10, 9, tzinfo=UTC),
            introduced_by=profile.person_id,
        )
    )
    actor = make.member_at(deal.licensor_id)
    every = [point.value for point in Point]
    registration.prepare(
        session,
        actor=actor,
        deal_id=deal.id,
        office="武汉登记点",
        technology_minor=1,
        checked=every,
        now=NOON,
    )
    registration.file(session, actor=actor, deal_id=deal.id, filed_on=TODAY, now=NOON)
    registration.register(
        session, actor=actor, deal_id=deal.id, number="2026420101", registered_on=TODAY, now=NOON
    )
    run_jobs(app, session)
    claim = session.scalars(select(Claim)).one()
    assert claim.manager_id == profile.id
    assert claim.facts["value_minor"] == contract.amount_minor
