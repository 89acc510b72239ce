"""An open license, accepted in one step by a verified enterprise."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.deals.models import DealStage
from marketplace.listings.models import Enquiry, EnquiryStatus, LegalStatus, ListingStatus
from marketplace.terms import guarding
from marketplace.terms.kinds import LicenseKind, Side
from marketplace.terms.queries import offers
from marketplace.terms.services import open_licenses as services

DECLARED = {"fee": "每年 2 万元", "payment": "每年 1 月支付", "until": "2029-12-31"}


@pytest.fixture
def listing(make, university):
    return declared(make, university)


def declared(make, owner, **values):
    values = {
        "status": ListingStatus.PUBLISHED,
        "cooperation": ["open_license"],
        "open_license": dict(DECLARED),
        "title": "一种钢轨除锈装置",
    } | values
    listing = make.listing(owner, **values)
    make.right(listing, expires_on=date(2040, 3, 1))
    return listing


def accept(session, actor, listing, organization, now, **values):
    return services.accept_declaration(
        session,
        actor=actor,
        listing_id=listing.id,
        organization_id=organization.id,
        now=now,
        **({"years": 3} | values),
    )


class TestAcceptDeclaration:
    def test_opens_a_deal_with_agreed_terms_and_a_fee_schedule(
        self, session, listing, buyer, company, now
    ):
        deal = accept(session, buyer, listing, company, now)
        assert (deal.stage, deal.licensee_id) == (DealStage.NOTICE, company.id)
        terms = offers.agreed_terms(session, deal)
        assert terms.license_kind is LicenseKind.OPEN
        assert [row.amount_minor for row in terms.milestones] == [2_000_000] * 3
        assert [row.due_on for row in terms.milestones] == [
            date(2026, 11, 20),
            date(2027, 11, 20),
            date(2028, 11, 20),
        ]
        assert deal.value_minor == 6_000_000
        offered = offers.latest_offer(session, deal.id)
        assert (offered.offer.side, offered.offer.offered_by) == (Side.LICENSOR, None)
        for check in (guarding.approvals_given, guarding.price_notice_over):
            assert check(session, deal, now) == []

    def test_keeps_the_written_notice(self, session, listing, buyer, company, now):
        deal = accept(session, buyer, listing, company, now)
        notice = session.get_one(Enquiry, deal.enquiry_id)
        assert (notice.status, notice.sender_id) == (EnquiryStatus.ANSWERED, buyer.user_id)

    def test_an_open_enquiry_becomes_the_notice(self, session, make, listing, buyer, company, now):
        waiting = make.enquiry(listing, sender_organization=company)
        deal = accept(session, buyer, listing, company, now)
        assert deal.enquiry_id == waiting.id
        assert waiting.status is EnquiryStatus.ANSWERED

    def test_happens_once(self, session, listing, buyer, company, now):
        accept(session, buyer, listing, company, now)
        with pytest.raises(RuleBroken):
            accept(session, buyer, listing, company, now)

    def test_marks_a_foreign_party(self, session, listing, buyer, company, now):
        deal = accept(session, buyer, listing, company, now, is_foreign=True)
        assert offers.agreed_terms(session, deal).foreign_licensee

    @pytest.mark.parametrize("years", [0, 21])
    def test_wants_a_sensible_number_of_years(self, session, listing, buyer, company, now, years):
        with pytest.raises(RuleBroken) as caught:
            accept(session, buyer, listing, company, now, years=years)
        assert caught.value.field == "years"

    def test_is_for_writers_of_another_verified_organization(
        self, session, make, university, officer, listing, company, now
    ):
        applied = make.organization(status="applied")
        for actor, organization in (
            (officer, university),
            (make.member_of(applied), applied),
            (make.member_of(company, MemberRole.TECHNOLOGY_MANAGER), company),
        ):
            with pytest.raises(Denied):
                accept(session, actor, listing, organization, now)

    @pytest.mark.parametrize(
        "values",
        [
            {"cooperation": ["open_license", "exclusive_license"]},
            {"open_license": DECLARED | {"payment": ""}},
            {"open_license": DECLARED | {"until": "2025-12-31"}},
            {"open_license": DECLARED | {"fee": "面议"}},
        ],
    )
    def test_is_refused_when_the_law_or_the_text_stands_against_it(
        self, session, make, university, buyer, company, now, values
    ):
        listing = declared(make, university, **values)
        with pytest.raises(RuleBroken):
            accept(session, buyer, listing, company, now)

    def test_needs_a_granted_patent(self, session, make, university, buyer, company, now):
        listing = make.listing(
            university,
            status=ListingStatus.PUBLISHED,
            cooperation=["open_license"],
            open_license=dict(DECLARED),
        )
        make.right(listing, legal_status=LegalStatus.APPLIED)
        with pytest.raises(RuleBroken):
            accept(session, buyer, listing, company, now)

    @pytest.mark.parametrize(
        "values", [{"cooperation": ["transfer"]}, {"status": ListingStatus.EXPIRED}]
    )
    def test_knows_only_published_declarations(
        self, session, make, university, officer, company, now, values
    ):
        listing = declared(make, university, **values)
        with pytest.raises(NotFound):
            accept(session, officer, listing, company, now)
