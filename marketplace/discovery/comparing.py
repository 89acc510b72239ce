"""Listings as columns, their facts as rows, and which facts differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.listings.models import Listing, ListingStatus, PriceMode
from marketplace.listings.permissions import visible_to
from marketplace.web.templating import day, money

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.listings.models import IpRight


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One row of the table: lines of text per listing."""

    heading: str
    cells: Sequence[Sequence[str]]
    differs: bool


@dataclass(frozen=True, kw_only=True)
class Table:
    """The compared listings with their facts."""

    listings: Sequence[Listing]
    titles: Sequence[str]
    facts: Sequence[Fact]


def load(session: Session, ids: Sequence[UUID], *, actor: Actor) -> list[Listing]:
    """Give the published listings among ids, in the order asked for."""
    rows = session.scalars(
        select(Listing)
        .options(joinedload(Listing.organization), selectinload(Listing.rights))
        .where(Listing.id.in_(ids), Listing.status == ListingStatus.PUBLISHED, visible_to(actor))
    )
    found = {listing.id: listing for listing in rows}
    return [found[identity] for identity in ids if identity in found]


def table(listings: Sequence[Listing], *, language: str) -> Table:
    """Align the facts; rows in which nobody says anything are left out."""
    facts = []
    for heading, read in _facts(language):
        cells = [[line for line in read(listing) if line] for listing in listings]
        if any(cells):
            differs = any(cell != cells[0] for cell in cells)
            facts.append(Fact(heading=heading, cells=cells, differs=differs))
    return Table(
        listings=listings,
        titles=[_in(language, one.title, one.title_en) for one in listings],
        facts=facts,
    )


def _in(language: str, own: str, english: str) -> str:
    return english if language == "en" and english else own


def _facts(language: str) -> list[tuple[str, Callable[[Listing], list[str]]]]:
    return [
        (
            gettext("In one sentence"),
            lambda one: [_in(language, one.summary, one.summary_en)],
        ),
        (gettext("Readiness level (TRL)"), lambda one: [f"TRL {one.trl}"] if one.trl else []),
        (gettext("Measured gain"), lambda one: _gains(one, language)),
        (
            gettext("Problem solved"),
            lambda one: [_in(language, one.problem, one.problem_en)],
        ),
        (gettext("Price"), lambda one: [_price(one)]),
        (
            gettext("Form of license or cooperation"),
            lambda one: [
                gettext(form.label) for form in CooperationForm if form.value in one.cooperation
            ],
        ),
        (gettext("Rights"), lambda one: [_right(right) for right in one.rights]),
        (
            gettext("Organization"),
            lambda one: [_in(language, one.organization.name, one.organization.name_en)],
        ),
        (
            gettext("District"),
            lambda one: (
                [DISTRICTS.label(one.organization.district_code, language)]
                if one.organization.district_code
                else []
            ),
        ),
        (gettext("Field"), lambda one: [FIELDS.label(code, language) for code in one.field_codes]),
        (
            gettext("Industry"),
            lambda one: [INDUSTRIES.label(code, language) for code in one.industry_codes],
        ),
        (gettext("Year"), lambda one: [str(one.year)] if one.year else []),
        (gettext("Export control"), lambda one: [gettext(one.export_control.label)]),
        (gettext("Published on"), lambda one: [day(one.published_at)]),
    ]


def _gains(listing: Listing, language: str) -> list[str]:
    lines = [_in(language, listing.gain, listing.gain_en)]
    for row in listing.gains:
        today, ours = row.get("today", ""), row.get("ours", "")
        unit = row.get("unit", "")
        lines.append(f"{row.get('name', '')}: {today} → {ours} {unit}".strip())
    return lines


def _price(listing: Listing) -> str:
    if listing.price_mode is PriceMode.FREE:
        return str(gettext("Free of charge"))
    if listing.price_minor is None or listing.price_mode is PriceMode.NEGOTIABLE:
        return str(gettext("Negotiable"))
    if listing.price_mode is PriceMode.RANGE and listing.price_max_minor is not None:
        return f"{money(listing.price_minor)} – {money(listing.price_max_minor)}"
    return money(listing.price_minor)


def _right(right: IpRight) -> str:
    status = gettext(right.legal_status.label) if right.legal_status else ""
    parts = (gettext(right.kind.label), right.number, status)
    return " ".join(part for part in parts if part)
