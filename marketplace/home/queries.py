"""The counts of the first page, each taken from the records themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.listings.models import Listing, ListingStatus
from marketplace.needs.models import SHOWN, Need, NeedStatus
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What is on offer, what is asked for, and what came of it."""

    listings: int
    open_needs: int
    met_needs: int
    closed_needs: int
    organizations: int


def count_all(session: Session) -> Counts:
    """Count published listings, needs by outcome, and verified organizations."""
    rows = session.execute(select(Need.status, func.count()).group_by(Need.status))
    by_status: dict[NeedStatus, int] = {status: count for status, count in rows}  # noqa: C416 — rows are no pairs to mypy
    return Counts(
        listings=session.scalar(
            select(func.count()).where(Listing.status == ListingStatus.PUBLISHED)
        )
        or 0,
        open_needs=sum(by_status.get(status, 0) for status in SHOWN),
        met_needs=by_status.get(NeedStatus.MET, 0),
        closed_needs=by_status.get(NeedStatus.MET, 0) + by_status.get(NeedStatus.CLOSED_UNMET, 0),
        organizations=session.scalar(
            select(func.count()).where(Organization.status == OrganizationStatus.VERIFIED)
        )
        or 0,
    )


def list_closing_needs(session: Session, *, today: date, size: int = 5) -> Sequence[Need]:
    """Give the open needs whose deadline comes first."""
    return session.scalars(
        select(Need)
        .where(Need.status.in_(SHOWN), Need.deadline_on >= today)
        .order_by(Need.deadline_on, Need.id)
        .limit(size)
    ).all()


def list_newest_listings(session: Session, *, size: int = 6) -> Sequence[Listing]:
    """Give the listings published last."""
    return session.scalars(
        select(Listing)
        .where(Listing.status == ListingStatus.PUBLISHED)
        .order_by(Listing.published_at.desc(), Listing.id)
        .limit(size)
    ).all()
