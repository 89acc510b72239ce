"""What a manager may expect of running deals, and what a taker owes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.deals.models import DealStage
from marketplace.listings.models import Listing
from marketplace.managers.fees import Bound
from marketplace.managers.models import FeePayer, MandateStatus
from marketplace.organizations.models import Organization
from marketplace.performance.queries.due import list_due
from marketplace.performance.queries.expected import Basis, find_outlook
from marketplace.terms.models import OfferFate, OfferOutcome
from tests.factories.performance import NOON, license_terms

TODAY = NOON.date()
SIGNED = MandateStatus.SIGNED


@pytest.fixture
def broker(make):
    return make.broker()


@pytest.fixture
def outlook(session, make, broker):
    def look(today=TODAY):
        return find_outlook(session, actor=make.manager_actor(broker), today=today)

    return look


def mandated(session, make, broker, stage=DealStage.TERMS, *, deal=None, **mandate):
    values = {"value_minor": 1_000_000_00} | (deal or {})
    made = make.deal(stage, manager=broker, **values)
    listing = session.get_one(Listing, made.listing_id)
    make.mandate(broker, listing, status=SIGNED, **mandate)
    return made


class TestOutlook:
    def test_is_nothing_for_who_is_no_manager(self, session, make):
        actor = make.actor(make.member())
        assert find_outlook(session, actor=actor, today=TODAY) is None

    def test_takes_the_expected_value_as_long_as_nothing_is_offered(
        self, session, make, broker, outlook
    ):
        deal = mandated(session, make, broker)
        row = outlook().rows[0]
        assert (row.deal.id, row.basis, row.fee_minor) == (deal.id, Basis.ESTIMATE, 50_000_00)
        assert row.working.base_minor == 1_000_000_00

    def test_takes_the_offer_on_the_table_and_then_what_is_agreed(
        self, session, make, broker, outlook
    ):
        deal = mandated(session, make, broker)
        make.offer(deal, terms=license_terms(entry_fee_minor=110_000_00))
        (row,) = outlook().rows
        assert (row.basis, row.fee_minor) == (Basis.OFFERED, 10_000_00)
        make.agreement(deal, terms=license_terms())
        (row,) = outlook().rows
        assert (row.basis, row.fee_minor) == (Basis.AGREED, 5_000_00)

    def test_forgets_an_offer_that_was_turned_down(self, session, make, broker, outlook):
        deal = mandated(session, make, broker)
        offer = make.offer(deal, terms=license_terms())
        make.add(OfferOutcome(offer_id=offer.id, fate=OfferFate.DECLINED, at=NOON, by=None))
        assert outlook().rows[0].basis is Basis.ESTIMATE

    def test_forgets_terms_that_were_taken_up_again(self, session, make, broker, outlook):
        deal = mandated(session, make, broker, deal={"stage_since": NOON + timedelta(days=1)})
        make.agreement(deal, terms=license_terms())
        assert outlook().rows[0].basis is Basis.ESTIMATE

    def test_keeps_floor_and_cap_and_says_which_decided(self, session, make, broker, outlook):
        mandated(session, make, broker, deal={"value_minor": None}, floor_minor=3_000_00)
        mandated(session, make, broker, floor_minor=100, cap_minor=20_000_00)
        high, low = outlook().rows
        assert (high.fee_minor, high.working.bound) == (20_000_00, Bound.CAP)
        assert (low.basis, low.fee_minor, low.working.bound) == (
            Basis.NOTHING,
            3_000_00,
            Bound.FLOOR,
        )
        assert outlook().total() == 23_000_00
        assert outlook().total(Basis.NOTHING) == 3_000_00

    def test_counts_each_client_of_a_deal(self, session, make, broker, outlook):
        deal = mandated(session, make, broker, payer=FeePayer.SHARED)
        need = make.need(session.get_one(Organization, deal.licensee_id))
        deal.need_id = need.id
        make.mandate(broker, need, status=SIGNED, success_fee_bp=100)
        assert [row.fee_minor for row in outlook().rows] == [50_000_00, 10_000_00]
        assert outlook().by_stage() == [(DealStage.TERMS, 1, 60_000_00)]

    def test_leaves_aside_what_no_mandate_covers_today(self, session, make, broker, outlook):
        bare = make.deal(DealStage.TERMS, manager=broker)
        other = mandated(session, make, make.broker())
        over = mandated(
            session, make, broker, starts_on=date(2025, 1, 1), ends_on=TODAY, tail_days=1
        )
        drafted = make.deal(DealStage.TERMS, manager=broker)
        make.mandate(broker, session.get_one(Listing, drafted.listing_id))
        assert [row.deal.id for row in outlook().rows] == [over.id]
        found = outlook(TODAY + timedelta(days=2))
        assert found.rows == []
        uncovered = {deal.id for deal in found.uncovered}
        assert uncovered == {bare.id, over.id, drafted.id}
        assert other.id not in uncovered

    def test_leaves_aside_mandates_about_another_side(self, session, make, broker, outlook):
        mandated(session, make, broker, other_organization_id=make.organization().id)
        assert outlook().rows == []

    def test_leaves_aside_signed_contracts(self, session, make, broker, outlook):
        deal = make.performing(manager=broker)
        make.mandate(broker, session.get_one(Listing, deal.listing_id), status=SIGNED)
        found = outlook()
        assert not found.rows
        assert not found.uncovered


class TestDue:
    def test_lists_called_milestones_of_the_taker_alone(self, session, make):
        deal = make.performing()
        (row,) = list_due(session, [deal.licensee_id])
        assert (row.deal.id, row.open_minor, row.is_royalty) == (deal.id, 10_000_00, False)
        assert list_due(session, [deal.licensor_id]) == []
        assert list_due(session, []) == []
