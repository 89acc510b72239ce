"""Each rule that data can break is proven by the table itself."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.listings.models import (
    EnquiryStatus,
    IpRightKind,
    ListingRevision,
    ListingStatus,
    PriceMode,
)
from tests.factories.listings import NOON

S = ListingStatus


def broken(session, make_row, name):
    """Whether making the row violates the named constraint."""
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        make_row()
    return caught.value.orig.diag.constraint_name == name


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("trl_on_scale", {"trl": 0}),
        ("trl_on_scale", {"trl": 10}),
        ("published_is_dated", {"status": S.PUBLISHED, "published_at": None}),
        ("returned_listing_has_a_reason", {"status": S.RETURNED, "return_reason": ""}),
        ("named_price_is_positive", {"price_mode": PriceMode.FIXED}),
        ("named_price_is_positive", {"price_mode": PriceMode.RANGE, "price_minor": 0}),
        (
            "price_range_in_order",
            {"price_mode": PriceMode.RANGE, "price_minor": 2, "price_max_minor": 1},
        ),
    ],
)
def test_listing(session, make, name, values):
    owner = make.organization()
    assert broken(session, lambda: make.listing(owner, **values), name)


def test_external_id_stands_once_in_an_organization(session, make):
    owner = make.organization()
    make.listing(owner, external_id="A")
    make.listing(external_id="A")
    with pytest.raises(RuleBroken) as caught, judged(session):
        make.listing(owner, external_id="A")
    assert caught.value.field == "external_id"


class TestRights:
    def test_a_number_stands_in_one_living_listing(self, session, make):
        number = make.right(make.listing()).number
        make.right(make.listing(), number=number, living=False)
        make.right(make.listing(), number=number, kind=IpRightKind.DESIGN)
        other = make.listing()
        with pytest.raises(RuleBroken, match="already names"), judged(session):
            make.right(other, number=number)

    def test_rights_without_number_may_repeat(self, make):
        listing = make.listing()
        make.right(listing, number="")
        make.right(listing, number="")

    def test_a_grant_follows_the_filing(self, session, make):
        listing = make.listing()
        assert broken(
            session,
            lambda: make.right(listing, granted_on=date(2019, 1, 1)),
            "right_granted_after_filing",
        )


@pytest.mark.parametrize("level", [0, 10])
def test_evidence_stays_on_the_scale(session, make, level):
    listing = make.listing()
    assert broken(session, lambda: make.proof(listing, level), "evidence_level_on_scale")


def test_one_revision_per_number(session, make):
    listing = make.listing()

    def revision():
        return ListingRevision(listing_id=listing.id, number=1, content={}, reviewed_at=NOON)

    make.add(revision())
    assert broken(session, lambda: make.add(revision()), "one_revision_per_number")


class TestEnquiries:
    def test_a_refusal_has_a_reason(self, session, make):
        listing, company = make.listing(), make.organization()
        assert broken(
            session,
            lambda: make.enquiry(
                listing,
                sender_organization=company,
                status=EnquiryStatus.DECLINED,
                replied_at=NOON,
            ),
            "declined_with_a_reason",
        )

    def test_a_reply_is_dated(self, session, make):
        listing, company = make.listing(), make.organization()
        assert broken(
            session,
            lambda: make.enquiry(
                listing, sender_organization=company, status=EnquiryStatus.ANSWERED
            ),
            "reply_is_dated",
        )

    def test_one_open_one_of_a_company_about_a_listing(self, session, make):
        listing, company = make.listing(), make.organization()
        make.enquiry(listing, sender_organization=company)
        assert broken(
            session,
            lambda: make.enquiry(listing, sender_organization=company),
            "one_open_enquiry",
        )
