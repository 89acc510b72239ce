"""Listings and needs, searched by their tables alone.

What an engine would not show (a withheld name, a hidden place) is not looked at here either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, and_, case, cast, func, or_, select, true

from marketplace.core.cooperation import CooperationForm
from marketplace.discovery.queries.clauses import (
    Owner,
    Table,
    any_of,
    band,
    number_of,
    one_of,
    organization,
    place,
)
from marketplace.listings import documents as listing_documents
from marketplace.listings import permissions as listing_permissions
from marketplace.listings.models import IpRight, Listing, ListingKind, ListingStatus, PriceMode
from marketplace.needs import documents as need_documents
from marketplace.needs import permissions as need_permissions
from marketplace.needs.models import SHOWN, Confidentiality, Need, NeedKind
from search.queries import NEGOTIABLE, PRICE_BANDS

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select

    from marketplace.core.actor import Actor

BANDS = [*(name for name, _bound in PRICE_BANDS), NEGOTIABLE]
LEVELS = list("987654321")
_FORMS = [form.value for form in CooperationForm]


def _listings(actor: Actor) -> Select[UUID]:
    return (
        select(Listing.id)
        .join(Owner, Owner.id == Listing.organization_id)
        .where(Listing.status == ListingStatus.PUBLISHED, listing_permissions.visible_to(actor))
    )


def _needs(actor: Actor) -> Select[UUID]:
    return (
        select(Need.id)
        .join(Owner, Owner.id == Need.organization_id)
        .where(Need.status.in_(SHOWN), need_permissions.visible_to(actor))
    )


def _names_a_right(pattern: str) -> list[ColumnElement[bool]]:
    return [
        select(IpRight.id)
        .where(IpRight.listing_id == Listing.id, IpRight.number.ilike(pattern))
        .exists()
    ]


def _is_named(pattern: str) -> list[ColumnElement[bool]]:
    return [
        and_(
            Need.confidentiality == Confidentiality.NAMED,
            or_(Owner.name.ilike(pattern), Owner.name_en.ilike(pattern)),
        )
    ]


LISTINGS = Table(
    found_by=_listings,
    load=listing_documents.load_documents,
    texts=(
        Listing.title,
        Listing.title_en,
        Listing.summary,
        Listing.summary_en,
        Listing.problem,
        Listing.abstract,
        cast(Listing.keywords, Text),
        cast(Listing.keywords_en, Text),
        Owner.name,
        Owner.name_en,
    ),
    title=Listing.title,
    newest=Listing.published_at,
    due=(
        select(func.min(IpRight.renewal_due_on))
        .where(IpRight.listing_id == Listing.id)
        .scalar_subquery()
    ),
    identity=Listing.id,
    holds=_names_a_right,
    facets={
        "record_kind": one_of(Listing.kind),
        "industries": any_of(Listing.industry_codes),
        "fields": any_of(Listing.field_codes),
        "trl": number_of(Listing.trl),
        "cooperation": any_of(Listing.cooperation),
        "organization_id": organization(Listing.organization_id, true()),
        "district": place(true()),
        "price_band": band(
            case((Listing.price_mode == PriceMode.FREE, 0), else_=Listing.price_minor)
        ),
        "year": number_of(Listing.year),
    },
    offered={
        "record_kind": list(ListingKind),
        "trl": LEVELS,
        "cooperation": _FORMS,
        "price_band": BANDS,
    },
)

NEEDS = Table(
    found_by=_needs,
    load=need_documents.load_documents,
    texts=(
        Need.title,
        Need.title_en,
        Need.problem,
        Need.problem_en,
        Need.situation,
        cast(Need.keywords, Text),
        cast(Need.keywords_en, Text),
    ),
    title=Need.title,
    newest=Need.published_at,
    due=Need.deadline_on,
    identity=Need.id,
    holds=_is_named,
    facets={
        "record_kind": one_of(Need.kind),
        "industries": any_of(Need.industry_codes),
        "fields": any_of(Need.field_codes),
        "trl": number_of(Need.trl_min),
        "cooperation": any_of(Need.cooperation),
        "organization_id": organization(
            Need.organization_id, Need.confidentiality == Confidentiality.NAMED
        ),
        "district": place(Need.confidentiality != Confidentiality.ON_CONSENT),
        "price_band": band(func.coalesce(Need.budget_min_minor, Need.budget_max_minor)),
        "year": number_of(func.date_part("year", Need.published_at)),
    },
    offered={
        "record_kind": list(NeedKind),
        "trl": LEVELS,
        "cooperation": _FORMS,
        "price_band": BANDS,
    },
)
