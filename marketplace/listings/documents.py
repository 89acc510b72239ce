"""A listing as the search engine sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.listings import permissions
from marketplace.listings.models import Listing, PriceMode
from search.documents import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from marketplace.listings.models import IpRight
    from marketplace.organizations.models import Organization


def document_of(
    listing: Listing, rights: Iterable[IpRight], organization: Organization
) -> Document | None:
    """Give the search document, or None when nobody may find the listing."""
    audience = permissions.audience_of(listing, organization)
    if audience is None:
        return None
    rights = list(rights)
    due = [right.renewal_due_on for right in rights if right.renewal_due_on is not None]
    numbers = {right.number for right in rights if right.number}
    numbers |= {number.removeprefix("ZL") for number in numbers}
    if listing.external_id:
        numbers.add(listing.external_id)
    is_free = listing.price_mode is PriceMode.FREE
    return Document(
        kind=Kind.LISTING,
        id=str(listing.id),
        version=listing.version,
        title=listing.title,
        title_en=listing.title_en,
        summary=listing.summary,
        summary_en=listing.summary_en,
        body=_body(listing),
        body_en=_joined(
            listing.plain_summary_en,
            listing.problem_en,
            listing.gain_en,
            listing.abstract_en,
            listing.next_step_en,
        ),
        keywords=tuple(listing.keywords),
        keywords_en=tuple(listing.keywords_en),
        names=_names(listing, rights, organization),
        organization_id=str(organization.id),
        organization_name=organization.name,
        language=listing.language,
        audience=audience,
        numbers=tuple(sorted(numbers)),
        record_kind=listing.kind.value,
        industries=tuple(listing.industry_codes),
        fields=tuple(listing.field_codes),
        trl=listing.trl,
        cooperation=tuple(listing.cooperation),
        district=organization.district_code,
        price_minor=0 if is_free else listing.price_minor,
        price_max_minor=0 if is_free else listing.price_max_minor,
        year=listing.year,
        published_at=listing.published_at,
        due_on=min(due, default=None),
        is_demo=listing.is_demo,
    )


def _joined(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _body(listing: Listing) -> str:
    gains = (
        " ".join(str(row.get(name, "")) for name in ("name", "today", "ours", "unit"))
        for row in listing.gains
    )
    return _joined(
        listing.plain_summary,
        listing.problem,
        listing.gain,
        *gains,
        listing.abstract,
        listing.next_step,
    )


def _names(
    listing: Listing, rights: Iterable[IpRight], organization: Organization
) -> tuple[str, ...]:
    found = [organization.name, organization.name_en]
    for inventor in listing.inventors:
        found += [str(inventor.get("name", "")), str(inventor.get("unit", ""))]
    found += [right.applicant for right in rights]
    return tuple(dict.fromkeys(name for name in found if name))


def load_documents(session: Session, ids: Sequence[UUID | str]) -> Mapping[UUID, Document | None]:
    """Give the document of each id, or None when it must not be found; two queries a batch.

    An id without a row is given None, too, so that its document is taken out of the index.
    """
    wanted = [identity if isinstance(identity, UUID) else UUID(identity) for identity in ids]
    found: dict[UUID, Document | None] = dict.fromkeys(wanted)
    rows = session.scalars(
        select(Listing)
        .options(joinedload(Listing.organization), selectinload(Listing.rights))
        .where(Listing.id.in_(wanted))
        .execution_options(populate_existing=True)
    )
    for listing in rows:
        found[listing.id] = document_of(listing, listing.rights, listing.organization)
    return found
