"""Loads the demo records once: organizations, accounts, listings, needs."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.accounts.models import Membership, PlatformGrant, User
from marketplace.accounts.passwords import hashed
from marketplace.core import jobs
from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.core.audit import record
from marketplace.demo import (
    amendments,
    bookings,
    commissions,
    contracts,
    deals,
    facilities,
    managers,
    mandates,
    payments,
    performance,
    reports,
    terms,
)
from marketplace.demo.accounts import demo_accounts
from marketplace.listings.models import (
    ExportControl,
    IpRight,
    IpRightKind,
    LegalStatus,
    Listing,
    ListingKind,
    ListingStatus,
    PriceMode,
    SourceChannel,
    TrlEvidence,
)
from marketplace.listings.rights import normalize_number
from marketplace.needs.models import Confidentiality, Need, NeedKind, NeedStatus
from marketplace.organizations.models import (
    Organization,
    OrganizationKind,
    OrganizationSize,
    OrganizationStatus,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

RECORDS = Path(__file__).with_name("records.json")

#: Mail name of a demo account → its platform role, or its organization and role there.
PLATFORM = {
    "reviewer": PlatformRole.REVIEWER,
    "admin": PlatformRole.ADMINISTRATOR,
    "officer": PlatformRole.CITY_OFFICER,
}
MEMBERS: dict[str, tuple[tuple[str, MemberRole], ...]] = {
    "university": (("whut", MemberRole.TTO_OFFICER), ("agri", MemberRole.TTO_OFFICER)),
    "inventor": (("agri", MemberRole.EDITOR),),
    "institute": (("inst", MemberRole.EDITOR),),
    "enterprise": (
        ("pcb", MemberRole.OWNER),
        ("auto", MemberRole.OWNER),
        ("food", MemberRole.OWNER),
        ("steel", MemberRole.OWNER),
    ),
    "manager": (("agency", MemberRole.TECHNOLOGY_MANAGER),),
    # Commissions go to the agency: its owner says that the money arrived.
    "agency": (("agency", MemberRole.OWNER),),
    "operator": (("pilot", MemberRole.OWNER), ("pilot", MemberRole.OPERATOR_STAFF)),
    "district": (("district", MemberRole.OWNER),),
}


def is_loaded(session: Session) -> bool:
    """Whether demo records were loaded before."""
    return session.scalar(select(Organization.id).where(Organization.is_demo).limit(1)) is not None


def load(session: Session, *, now: datetime) -> dict[str, int]:
    """Add every demo record to this session; give how many of each kind. Loads nothing twice."""
    if is_loaded(session):
        return {}
    records = json.loads(RECORDS.read_text(encoding="utf-8"))
    organizations = {row["key"]: _organization(row, now) for row in records["organizations"]}
    session.add_all(organizations.values())
    session.flush()
    people = _people(session, organizations, now)
    listings = [
        _listing(session, row, organizations, now - timedelta(hours=5 * number + 2))
        for number, row in enumerate(records["listings"])
    ]
    needs = [
        _need(row, organizations, now - timedelta(hours=7 * number + 1))
        for number, row in enumerate(records["needs"])
    ]
    session.add_all(needs)
    # One flush: the index hears of all rows at once.
    session.flush()
    for listing in listings:
        jobs.tell(session, "listing.published", id=str(listing.id))
    for need in needs:
        jobs.tell(session, "need.opened", id=str(need.id))
    places = facilities.load(session, organizations=organizations, now=now)
    brokers = managers.load(
        session, organizations=organizations, listings=listings, needs=needs, now=now
    )
    engaged = mandates.load(session, listings=listings, needs=needs, profile=brokers[0], now=now)
    talks = deals.load(
        session,
        organizations=organizations,
        listings=listings,
        needs=needs,
        profile=brokers[0],
        now=now,
    )
    agreed = terms.load(
        session, organizations=organizations, listings=listings, deals=talks, now=now
    )
    written = contracts.load(session, now=now)
    performed = performance.load(session, now=now)
    amended = amendments.load(session, now=now)
    earned = commissions.load(session, now=now)
    payments.load(session, organizations=organizations, now=now)
    bookable = bookings.load(session, organizations=organizations, now=now)
    tested = reports.load(
        session, organizations=organizations, listings=listings, resources=bookable, now=now
    )
    found = {
        "organizations": len(organizations),
        "people": people,
        "listings": len(listings),
        "needs": len(needs),
        "facilities": len(places),
        "managers": len(brokers),
        "mandates in force": engaged,
        "deals": len(talks),
        "agreed terms": agreed,
        "contracts": written,
        "contracts in performance": performed,
        "amendments": amended,
        "commissions": earned,
        "resources": len(bookable),
        "test reports": tested,
    }
    record(session, actor=None, action="demo.loaded", kind="demo", object_id=None, now=now, **found)
    return found


def _organization(row: Mapping[str, Any], now: datetime) -> Organization:
    values = {key: value for key, value in row.items() if key not in ("key", "kind", "size")}
    return Organization(
        kind=OrganizationKind(row["kind"]),
        size=OrganizationSize(row["size"]) if "size" in row else None,
        status=OrganizationStatus.VERIFIED,
        verified_at=now,
        is_demo=True,
        **values,
    )


def _people(session: Session, organizations: Mapping[str, Organization], now: datetime) -> int:
    accounts = demo_accounts()
    for account in accounts:
        user = User(
            email=account.email,
            name=account.name,
            password_hash=hashed(account.password),
            email_confirmed_at=now,
            password_changed_at=now,
            is_demo=True,
        )
        session.add(user)
        session.flush()
        name = account.email.partition("@")[0]
        if name in PLATFORM:
            session.add(PlatformGrant(user_id=user.id, role=PLATFORM[name], started_at=now))
        for key, role in MEMBERS.get(name, ()):
            session.add(
                Membership(
                    user_id=user.id,
                    organization_id=organizations[key].id,
                    role=role,
                    started_at=now,
                )
            )
    return len(accounts)


#: Columns of a record that are copied as they stand.
_LISTING = (
    "external_id", "title", "title_en", "summary", "summary_en", "plain_summary",
    "plain_summary_en", "problem", "problem_en", "gain", "gain_en", "gains", "abstract",
    "abstract_en", "keywords", "keywords_en", "industry_codes", "field_codes", "trl",
    "cooperation", "inventors", "year",
)  # fmt: skip
_NEED = (
    "external_id", "title", "title_en", "problem", "problem_en", "situation", "parameters",
    "constraints", "budget_min_minor", "budget_max_minor", "cooperation", "criteria",
    "acceptance", "ip_wishes", "keywords", "industry_codes", "field_codes", "trl_min", "language",
)  # fmt: skip


def _listing(
    session: Session,
    row: Mapping[str, Any],
    organizations: Mapping[str, Organization],
    at: datetime,
) -> Listing:
    mode, low, high = row["price"]
    listing = Listing(
        organization_id=organizations[row["organization"]].id,
        kind=ListingKind.RESULT,
        status=ListingStatus.PUBLISHED,
        source_channel=SourceChannel.SERVICE,
        price_mode=PriceMode(mode),
        price_minor=low,
        price_max_minor=high,
        export_control=ExportControl.FREE,
        submitted_at=at,
        published_at=at,
        touched_at=at,
        is_demo=True,
        **{name: row[name] for name in _LISTING},
    )
    session.add(listing)
    owner = organizations[row["organization"]].name
    for position, right in enumerate(row["rights"]):
        session.add(
            IpRight(
                listing_id=listing.id,
                kind=IpRightKind(right["kind"]),
                number=normalize_number(IpRightKind(right["kind"]), right["number"]),
                title=right["title"],
                applicant=owner,
                filed_on=_day(right["filed_on"]),
                granted_on=_day(right["granted_on"]),
                renewal_due_on=_day(right["renewal_due_on"]),
                legal_status=LegalStatus(right["legal_status"]),
                position=position,
            )
        )
    session.add_all(
        TrlEvidence(listing_id=listing.id, level=proof["level"], statement=proof["statement"])
        for proof in row["evidence"]
    )
    return listing


def _need(row: Mapping[str, Any], organizations: Mapping[str, Organization], at: datetime) -> Need:
    return Need(
        organization_id=organizations[row["organization"]].id,
        kind=NeedKind(row["kind"]),
        status=NeedStatus.OPEN,
        confidentiality=Confidentiality(row["confidentiality"]),
        deadline_on=(at + timedelta(days=row["deadline_days"])).date(),
        submitted_at=at,
        published_at=at,
        touched_at=at,
        is_demo=True,
        **{name: row[name] for name in _NEED},
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
