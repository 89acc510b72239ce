"""Centres, platforms and laboratories for a listing or a need, with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.facilities import fit, permissions
from marketplace.facilities.fit import FitPart
from marketplace.facilities.models import Facility, FacilityKind
from marketplace.listings.models import Listing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.facilities.fit import Fit, Lack, Reason
    from marketplace.needs.models import Need

#: Facilities proposed for one record, and the least points of a proposal.
PROPOSED = 5
LEAST = 20
#: Facilities that are judged; a city has some hundreds.
JUDGED = 2_000


@dataclass(frozen=True)
class Place:
    """A facility with what speaks for it."""

    facility: Facility
    fit: Fit


def lack_of(record: Listing | Need, district: str | None) -> Lack:
    """Give what a record looks for: a listing its next level, a need words and codes alone."""
    if isinstance(record, Listing):
        level = record.trl if record.trl is not None and record.trl < 9 else None  # noqa: PLR2004 — the last level
        texts = [record.title, record.summary, record.next_step, record.abstract]
    else:
        level = None
        texts = [record.title, record.problem, record.situation, record.acceptance]
    return fit.Lack(
        level=level,
        industries=record.industry_codes,
        fields=record.field_codes,
        text="\n".join([*texts, *record.keywords]),
        district=district,
    )


def places_for(
    session: Session, record: Listing | Need, *, district: str | None = None, most: int = PROPOSED
) -> list[Place]:
    """Give the facilities that suit a record best; never offices, never without a strong reason."""
    facilities = session.scalars(
        select(Facility)
        .options(joinedload(Facility.organization), selectinload(Facility.instruments))
        .where(permissions.shown(), Facility.kind != FacilityKind.OFFICE)
        .order_by(Facility.published_at.desc(), Facility.id)
        .limit(JUDGED)
    ).all()
    by_id = {str(facility.id): facility for facility in facilities}
    offers = {key: fit.offer_of(facility) for key, facility in by_id.items()}
    found = fit.best(lack_of(record, district), offers, limit=most)
    return [Place(by_id[key], one) for key, one in found if one.points >= LEAST]


def values_of(reason: Reason, language: str) -> dict[str, object]:
    """Give a reason's values as a reader sees them: codes by their names."""
    values = dict(reason.values)
    if "code" in values:
        codes = INDUSTRIES if reason.part is FitPart.INDUSTRY else FIELDS
        values["code"] = codes.label(str(values["code"]), language)
    return values
