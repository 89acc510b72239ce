"""What the city counts, and what it does not read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from marketplace.city.queries import (
    NONE,
    Band,
    Dimension,
    band_of,
    count_deals,
    list_deals,
    outcome,
)
from marketplace.city.targets import list_targets
from marketplace.contracts.models import Contract, Registration, RegistrationStatus
from marketplace.deals.models import DealStage
from marketplace.facilities.models import FacilityKind, FacilityStatus, FilingLevel
from marketplace.facilities.settings import CENTERS, PLATFORMS
from marketplace.needs.models import NeedStatus
from marketplace.terms.kinds import ContractKind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def contract(session, make):
    def add(deal, amount=50_000_000, *, registered=True, signed_at=None):
        row = Contract(
            deal_id=deal.id,
            kind=ContractKind.TRANSFER,
            amount_minor=amount,
            currency="CNY",
            terms_sha256="0" * 64,
            drawn_at=NOON,
            signed_at=signed_at,
        )
        session.add(row)
        session.flush()
        if registered:
            session.add(
                Registration(
                    contract_id=row.id,
                    prepared_at=NOON,
                    prepared_by=make.user().id,
                    office="武汉市技术合同登记处",
                    status=RegistrationStatus.REGISTERED,
                    filed_on=date(2026, 11, 2),
                    number=f"2026-{deal.number}",
                    registered_on=date(2026, 11, 9),
                )
            )
            session.flush()
        return row

    return add


def counts(session, dimension):
    return {one.key: one.deals for one in count_deals(session, dimension)}


class TestCountDeals:
    def test_stages_stand_in_their_own_order(self, session, make):
        for stage in (DealStage.LAPSED, DealStage.LAPSED, DealStage.INQUIRY, DealStage.TERMS):
            make.deal(stage)
        found = [one.key for one in count_deals(session, Dimension.STAGE)]
        assert found == ["inquiry", "terms", "lapsed"]

    def test_by_stage(self, session, make):
        make.deal(DealStage.TERMS)
        make.deal(DealStage.TERMS)
        make.deal(DealStage.LAPSED)
        assert counts(session, Dimension.STAGE) == {"terms": 2, "lapsed": 1}

    def test_by_district_and_industry_of_the_taker(self, session, make):
        taker = make.organization(district_code="420111", industry_code="C39")
        make.deal(licensee_id=taker.id)
        assert counts(session, Dimension.DISTRICT)["420111"] == 1
        assert counts(session, Dimension.INDUSTRY)["C39"] == 1

    def test_by_kind_and_amount(self, session, make, contract):
        contract(make.deal(DealStage.TERMS), 9_999_999, registered=False)
        make.deal()
        assert counts(session, Dimension.KIND) == {"transfer": 1, NONE: 1}
        assert counts(session, Dimension.BAND) == {Band.UNDER_100K: 1, NONE: 1}

    @pytest.mark.parametrize("amount", [0, 9_999_999, 10_000_000, 99_999_999, 10**8, 10**9, 10**12])
    def test_bands_agree_with_the_rule(self, session, make, contract, amount):
        contract(make.deal(DealStage.TERMS), amount, registered=False)
        assert counts(session, Dimension.BAND) == {band_of(amount): 1}

    def test_unsigned_contracts_have_no_amount(self, session, make, contract):
        contract(make.deal(DealStage.TERMS), 500, registered=False)
        (row,) = count_deals(session, Dimension.KIND)
        assert row.minor == 0


class TestListDeals:
    def test_names_parties_of_registered_contracts_alone(self, session, make, contract):
        open_, known = make.deal(DealStage.TERMS), make.deal(DealStage.TERMS)
        contract(open_, 700, registered=False)
        contract(known, 900)
        rows = {row.number: row for row in list_deals(session).items}
        assert rows[open_.number].licensor is None
        assert rows[open_.number].amount_minor is None
        assert rows[known.number].licensor.id == known.licensor_id
        assert (rows[known.number].amount_minor, rows[known.number].registration) == (
            900,
            f"2026-{known.number}",
        )

    @pytest.mark.parametrize("dimension", Dimension)
    def test_every_figure_opens_to_as_many_deals(self, session, make, contract, dimension):
        contract(make.deal(DealStage.TERMS), 700)
        make.deal(DealStage.LAPSED)
        for count in count_deals(session, dimension):
            assert list_deals(session, dimension, count.key).total == count.deals


class TestOutcome:
    def test_counts_needs_deals_and_registrations(self, session, make, contract):
        make.need(status=NeedStatus.MET)
        make.need(status=NeedStatus.OPEN)
        make.need(status=NeedStatus.DRAFT)
        contract(make.deal(DealStage.CLOSED), 900)
        make.deal(DealStage.LAPSED)
        found = outcome(session)
        assert (found.needs, found.met, found.finished_permille) == (2, 1, 500)
        assert (found.deals, found.signed, found.closed, found.lapsed) == (2, 1, 1, 1)
        assert (found.registered, found.registered_minor) == (1, 900)


class TestListTargets:
    def test_counts_filed_and_shown_facilities(self, session, make):
        filed = {"filing_level": FilingLevel.CITY, "filed_on": date(2025, 3, 1)}
        for number in ("1", "2"):
            make.facility(
                kind=FacilityKind.CONCEPT_CENTER,
                status=FacilityStatus.PUBLISHED,
                filing_number=number,
                **filed,
            )
        make.facility(kind=FacilityKind.PILOT_PLATFORM, status=FacilityStatus.PUBLISHED)
        reached = {one.key: one.reached for one in list_targets(session, date(2026, 11, 20))}
        assert (reached[CENTERS], reached[PLATFORMS]) == (2, 0)
