"""The export question of a deal."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest

from marketplace.core.errors import Denied, RuleBroken
from marketplace.deals.models import DealStage
from marketplace.listings.models import ExportControl
from marketplace.terms import guarding
from marketplace.terms.rules.export import ExportStanding
from marketplace.terms.services import exports
from tests.factories.terms import simple_terms, some_upload


@pytest.fixture
def deal(make, university, company, broker):
    """A deal whose terms are agreed, in the stage of approval and notice."""
    deal = make.deal_at(DealStage.NOTICE, licensor=university, licensee=company, manager=broker)
    make.agreement(deal)
    return deal


class TestExportCleared:
    def foreign(self, make, university, control):
        deal = make.deal_at(
            DealStage.NOTICE, licensor=university, listing_values={"export_control": control}
        )
        make.agreement(deal, terms=simple_terms(foreign_licensee=True))
        return deal

    def loaded(self, session, deal, actor):
        from marketplace.deals.queries.deals import get_deal

        return get_deal(session, deal.id, actor=actor)

    @pytest.mark.parametrize(
        ("control", "stops"),
        [
            (ExportControl.PROHIBITED, True),
            (ExportControl.UNCHECKED, True),
            (ExportControl.RESTRICTED, True),
            (ExportControl.FREE, False),
        ],
    )
    def test_stops_signing_with_a_foreign_party(
        self, session, make, university, officer, now, control, stops
    ):
        deal = self.loaded(session, self.foreign(make, university, control), officer)
        assert bool(guarding.export_cleared(session, deal, now)) == stops

    def test_asks_nothing_of_a_domestic_party(self, session, officer, deal, now):
        assert guarding.export_cleared(session, self.loaded(session, deal, officer), now) == []

    def test_a_license_with_its_file_opens_the_way(self, session, make, university, officer, now):
        deal = self.foreign(make, university, ExportControl.RESTRICTED)
        record = exports.record_export(
            session, actor=officer, deal_id=deal.id, license_number="鄂技出 12", now=now
        )
        deal = self.loaded(session, deal, officer)
        assert guarding.export_cleared(session, deal, now)
        again = exports.record_export(
            session,
            actor=officer,
            deal_id=deal.id,
            license_number="鄂技出 12",
            license_file=some_upload(),
            now=now,
        )
        assert again.id == record.id
        assert guarding.export_cleared(session, deal, now) == []

    def test_a_registration_is_recorded(self, session, make, university, officer, now):
        deal = self.foreign(make, university, ExportControl.FREE)
        exports.record_export(
            session,
            actor=officer,
            deal_id=deal.id,
            applied_on=date(2026, 11, 16),
            registration_number="4201",
            registered_on=date(2026, 11, 18),
            now=now,
        )
        deal = self.loaded(session, deal, officer)
        terms = simple_terms(foreign_licensee=True)
        assert exports.standing_of(session, deal, terms) is ExportStanding.REGISTERED

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("applied_on", {"applied_on": date(2027, 1, 1)}),
            ("registered_on", {"registered_on": date(2027, 1, 1)}),
            (
                "registered_on",
                {"applied_on": date(2026, 11, 3), "registered_on": date(2026, 11, 2)},
            ),
        ],
    )
    def test_refuses_days_that_cannot_be(self, session, officer, deal, now, field, values):
        with pytest.raises(RuleBroken) as caught:
            exports.record_export(session, actor=officer, deal_id=deal.id, now=now, **values)
        assert caught.value.field == field

    def test_papers_are_recorded_by_the_providing_side(self, session, buyer, deal, now):
        with pytest.raises(Denied):
            exports.record_export(session, actor=buyer, deal_id=deal.id, now=now)

    def test_a_deal_without_a_listing_keeps_its_own_mark(
        self, session, university, officer, deal, now
    ):
        deal = self.loaded(session, deal, officer)
        terms = simple_terms(foreign_licensee=True)
        exports.record_export(
            session, actor=officer, deal_id=deal.id, control=ExportControl.FREE, now=now
        )
        bare = SimpleNamespace(id=deal.id, listing_id=None)
        assert exports.standing_of(session, bare, terms) is ExportStanding.TO_REGISTER
        nothing = SimpleNamespace(id=uuid4(), listing_id=None)
        assert exports.standing_of(session, nothing, terms) is ExportStanding.UNCHECKED
