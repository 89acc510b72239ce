"""From a listing's missing step to its risen level, through every page on the way."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, text

from marketplace.bookings.models import Booking, BookingState
from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.facilities.models import FacilityStatus
from marketplace.ledger import queries as books
from marketplace.ledger.models import Account
from marketplace.ledger.services import seal_pending
from marketplace.listings.models import ListingStatus
from marketplace.organizations.models import Organization, OrganizationKind
from marketplace.payments import queries as payments
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.models import Payment, PaymentState, Purpose
from marketplace.reports import queries
from marketplace.reports.models import ReportState
from tests.booking_pages import hidden, soon
from tests.clients import words
from tests.forms import typed
from tests.jobs import run_jobs
from tests.payment_world import simulator

__all__ = ["simulator"]

PRICE, DEPOSIT = 480_000, 200_000


@pytest.fixture
def online(app, simulator):
    """The application connected to the simulated provider."""
    base = simulator.world.base
    parts = app.extensions["hanqiao.parts"]
    parts.gateway = StripeGateway(key="sk_test_1", webhook_secret="whsec_tests", base=base)
    yield base
    parts.gateway = None


@pytest.fixture
def firm(make):
    return make.organization()


@pytest.fixture
def person(make, firm):
    return make.member(firm)


@pytest.fixture
def listing(make, firm):
    return make.listing(
        firm,
        status=ListingStatus.PUBLISHED,
        title="硫化物电解质湿法合成",
        trl=5,
        industry_codes=["C26"],
        field_codes=["0805"],
        gains=[{"name": "离子电导率", "unit": "mS/cm", "ours": "≥ 6", "today": "2"}],
    )


@pytest.fixture
def facility(make):
    operator = make.organization(kind=OrganizationKind.OPERATOR)
    return make.facility(operator, status=FacilityStatus.PUBLISHED)


@pytest.fixture
def slot(make, facility):
    resource = make.resource(
        facility, price_minor=PRICE, deposit_minor=DEPOSIT, safety_statement="戴护目镜"
    )
    return make.slot(resource, starts_at=soon())


@pytest.fixture
def staff(make, session, facility):
    return make.member(
        session.get_one(Organization, facility.organization_id), MemberRole.OPERATOR_STAFF
    )


def link_to(response, pattern):
    """Give the first address on a page that matches, as a reader would find it."""
    found = re.search(rf'href="([^"]*{pattern}[^"]*)"', response.get_data(as_text=True))
    assert found, pattern
    return found.group(1).replace("&amp;", "&")


def follow_to_the_form(client, listing, slot):
    """Walk from the listing's own page to the form of the slot."""
    page = client.get(f"/en/technologies/{listing.id}")
    told = words(page)
    assert "Helps to reach TRL 6" in told
    place = client.get(link_to(page, "/facilities/[0-9a-f-]{36}"))
    line = client.get(link_to(place, f"/resources/{slot.resource_id}"))
    week = client.get(f"{line.request.path}?on={slot.starts_at:%Y-%m-%d}")
    return link_to(week, f"slot={slot.id}")


def book(client, session, listing, slot, firm):
    address = follow_to_the_form(client, listing, slot)
    form = client.get(address)
    assert listing.title in words(form)
    held = client.post(
        address,
        data={
            "key": hidden(form, "key"),
            "organization_id": str(firm.id),
            "places": "1",
            "listing_id": str(listing.id),
        },
    )
    sent = client.post(
        held.location,
        data={
            "purpose": "湿法合成放大到 20 kg",
            "safety_accepted": "y",
            "expected": hidden(client.get(held.location), "expected"),
        },
    )
    assert sent.status_code == 303, words(sent)
    return session.scalars(select(Booking)).one()


def pay(client, session, base, booking):
    """Pay on the hosted page, and come back."""
    asked = client.post(f"/en/bookings/{booking.id}/pay")
    page = client.get(asked.location + "/pay")
    assert "CN¥6,800" in words(page)
    leaving = client.post(asked.location + "/pay")
    assert leaving.location.startswith(base)
    payment = payments.current(session, Purpose.BOOKING, booking.id)
    hosted = f"{base}/_control/sessions/{payment.session_id}/complete"
    assert httpx.post(hosted, json={}).status_code == 200
    assert "Paid. Thank you." in words(client.get(asked.location + "/return"))
    return payment.id


def let_the_day_come(session, booking, slot):
    """Set the slot a day back: pages look at the clock of today."""
    starts_at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    ends_at = starts_at + timedelta(hours=3)
    for row in (session.get_one(type(slot), slot.id), session.get_one(Booking, booking.id)):
        row.starts_at, row.ends_at = starts_at, ends_at
    session.flush()


def use_and_report(client, session, booking):
    page = f"/en/bookings/{booking.id}"
    assert client.post(f"{page}/start").status_code == 303
    recorded = client.post(f"{page}/use", data=typed(client.get(f"{page}/use")))
    assert recorded.status_code == 303, words(recorded)
    edit = client.post(f"{page}/report").location
    values = typed(client.get(edit)) | {
        "object_tested": ["电解质粉体 20 kg"],
        "method": ["交流阻抗法"],
        "summary": ["离子电导率 6.8 mS/cm。"],
        "level": ["6"],
        "rows-0-name": ["离子电导率"],
        "rows-0-target": ["≥ 6"],
        "rows-0-measured": ["6.8"],
    }
    assert client.post(edit, data=values).status_code == 303
    report = queries.report_of(session, booking.id)
    assert client.post(f"/en/reports/{report.id}/issue").status_code == 303
    return report.id


def sign(client, person, paper_id):
    page = f"/en/papers/{paper_id}"
    values = typed(client.get(page)) | {"name": [person.name], "agreed": ["y"]}
    assert client.post(f"{page}/sign", data=values).status_code == 303


def test_a_pilot_line_raises_a_listings_level_and_the_money_adds_up(
    app, session, client, make, online, listing, firm, person, facility, slot, staff
):
    client.sign_in(person)
    booking = book(client, session, listing, slot, firm)
    assert booking.state is BookingState.PENDING_APPROVAL

    client.sign_in(staff)
    requests = client.get("/en/my/requests")
    client.get(link_to(requests, f"/bookings/{booking.id}"))
    client.post(f"/en/bookings/{booking.id}/approve")
    run_jobs(app, session)

    client.sign_in(person)
    payment_id = pay(client, session, online, booking)
    run_jobs(app, session)
    session.expire_all()
    assert booking.state is BookingState.CONFIRMED

    let_the_day_come(session, booking, slot)
    client.sign_in(staff)
    report_id = use_and_report(client, session, booking)
    run_jobs(app, session)

    client.sign_in(person)
    client.post(f"/en/bookings/{booking.id}/use/confirm")
    director = make.member(session.get_one(Organization, facility.organization_id))
    report = queries.report_of(session, booking.id)
    for signer in (director, person):
        client.sign_in(signer)
        sign(client, signer, report.paper_id)
    run_jobs(app, session)
    session.expire_all()
    assert report.state is ReportState.SIGNED

    client.sign_in(make.platform_user(PlatformRole.REVIEWER))
    waiting = client.get("/en/platform/proofs")
    proof = client.get(link_to(waiting, "/platform/proofs/[0-9a-f-]{36}"))
    assert "6.8" in words(client.get(link_to(proof, f"/reports/{report_id}")))
    client.post(f"{proof.request.path}/accept")
    run_jobs(app, session)
    session.expire_all()
    assert listing.trl == 6

    client.sign_in(person)
    assert "Proven by test reports" in words(client.get(f"/en/technologies/{listing.id}"))
    _books_balance(client, session, director, facility.organization_id, payment_id)
    _stranger_finds_nothing(client, make, booking, report, payment_id, firm, facility)


def _books_balance(client, session, director, owner_id, payment_id):
    seal_pending(session)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert sum(books.balances(session).values()) == 0
    assert list(books.verify(session)) == []
    owed = -books.balance(session, Account.PROVIDER_PAYABLE, owner_id=owner_id)
    share = -books.balance(session, Account.COMMISSION_INCOME)
    tax = -books.balance(session, Account.TAX_PAYABLE)
    assert owed + share + tax == PRICE
    assert books.balance(session, Account.PREPAID) == 0
    assert session.get_one(Payment, payment_id).state is PaymentState.PARTIALLY_REFUNDED
    client.sign_in(director)
    told = words(client.get(f"/en/organizations/{owner_id}/payments/statement"))
    assert f"{owed // 100:,}.{owed % 100:02d}" in told


def _stranger_finds_nothing(client, make, booking, report, payment_id, firm, facility):
    client.sign_in(make.member())
    own = f"/bookings/{booking.id}"
    for path in (
        own,
        f"{own}/details",
        f"{own}/cancel",
        f"{own}/move",
        f"{own}/hand-over",
        f"{own}/judge",
        f"{own}/use",
        f"{own}/rate",
        f"/reports/{report.id}",
        f"/papers/{report.paper_id}",
        f"/payments/{payment_id}",
        f"/payments/{payment_id}/pay",
        f"/payments/{payment_id}/return",
        f"/organizations/{firm.id}/payments",
        f"/organizations/{facility.organization_id}/payments/statement",
        f"/organizations/{facility.organization_id}/payments/statement.csv",
        f"/facilities/{facility.id}/resources",
        f"/facilities/{facility.id}/schedule",
        f"/facilities/{facility.id}/utilisation",
    ):
        assert client.get(path).status_code == 404, path
    for path in (
        f"{own}/pay",
        f"{own}/approve",
        f"{own}/start",
        f"{own}/use/confirm",
        f"{own}/report",
        f"/reports/{report.id}/issue",
        f"/payments/{payment_id}/pay",
    ):
        assert client.post(path).status_code == 404, path
