"""Demo facilities: centres, platforms, laboratories and offices in every interesting state."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.accounts.models import Membership
from marketplace.core import jobs
from marketplace.core.actor import Actor
from marketplace.demo import pictures
from marketplace.facilities.models import (
    Facility,
    FacilityKind,
    FacilityStatus,
    FilingLevel,
    Instrument,
    InstrumentKind,
    Recommendation,
)
from marketplace.facilities.queries import ATTACHED_TO
from marketplace.facilities.services.files import PHOTO
from marketplace.facilities.values import CAPABILITY_FIELDS
from marketplace.files.forms import store
from marketplace.files.models import Visibility
from marketplace.files.services import attach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.organizations.models import Organization

RECORDS = Path(__file__).with_name("facilities.json")
_COLUMNS = (
    "name", "name_en", "summary", "summary_en", "about", "about_en", "keywords", "field_codes",
    "industry_codes", "district_code", "address", "address_en", "services", "verifications",
)  # fmt: skip
_INSTRUMENT = ("name", "name_en", "model", "maker", "count", "note")


def load(
    session: Session, *, organizations: Mapping[str, Organization], now: datetime
) -> list[Facility]:
    """Add the demo facilities of these organizations; published ones are told as such."""
    rows = json.loads(RECORDS.read_text(encoding="utf-8"))
    facilities = [_facility(row, organizations[row["organization"]], now) for row in rows]
    session.add_all(facilities)
    session.flush()
    for facility, row in zip(facilities, rows, strict=True):
        session.add_all(
            _instrument(facility, values, position)
            for position, values in enumerate(row["instruments"])
        )
        _picture(session, facility, look=len(row["name"]), now=now)
        if facility.status is FacilityStatus.PUBLISHED:
            jobs.tell(session, "facility.published", id=str(facility.id))
    session.flush()
    return facilities


def _picture(session: Session, facility: Facility, *, look: int, now: datetime) -> None:
    """Hang a drawn picture on a facility, so that its page shows where photos stand."""
    person = session.scalars(
        select(Membership.user_id).where(Membership.organization_id == facility.organization_id)
    ).first()
    if person is None:
        return
    attachment = attach(
        session,
        Actor(user_id=person),
        object_kind=ATTACHED_TO,
        object_id=facility.id,
        organization_id=facility.organization_id,
        upload=store().take(pictures.picture(facility.kind, look), "illustration.jpg"),
        visibility=Visibility.INTERNAL,
        purpose=PHOTO,
        now=now,
    )
    alt, alt_en = pictures.caption(facility.kind)
    facility.photos = [{"attachment_id": str(attachment.id), "alt": alt, "alt_en": alt_en}]


def _facility(row: Mapping[str, Any], owner: Organization, now: datetime) -> Facility:
    status = FacilityStatus(row["status"])
    level, number, filed_on = row["filing"] or (None, "", None)
    word, note = row.get("recommendation") or (None, "")
    contact_name, phone, email, is_public = row["contact"]
    published = status is FacilityStatus.PUBLISHED
    return Facility(
        organization_id=owner.id,
        kind=FacilityKind(row["kind"]),
        status=status,
        filing_level=FilingLevel(level) if level else None,
        filing_number=number,
        filed_on=date.fromisoformat(filed_on) if filed_on else None,
        recommendation=Recommendation(word) if word else None,
        recommended_at=now if word else None,
        recommendation_note=note,
        contact_name=contact_name,
        contact_phone=phone,
        contact_email=email,
        contact_public=is_public,
        trl_from=row["trl"][0] if row["trl"] else None,
        trl_to=row["trl"][1] if row["trl"] else None,
        capabilities=_named(row["capabilities"], CAPABILITY_FIELDS),
        safety_limits=_named(row["limits"], ("name", "limit")),
        certificates=_named(row["certificates"], ("kind", "number", "scope", "expires_on")),
        people=_named(row["people"], ("name", "role", "field")),
        hours=_named(row["hours"], ("weekday", "opens", "closes")),
        closures=_named(row["closures"], ("from", "to", "reason")),
        submitted_at=None if status is FacilityStatus.DRAFT else now,
        published_at=now if published else None,
        touched_at=now,
        is_demo=True,
        **{name: row[name] for name in _COLUMNS},
    )


def _named(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _instrument(facility: Facility, values: Sequence[Any], position: int) -> Instrument:
    kind, *middle, bookable, qualified = values
    return Instrument(
        facility_id=facility.id,
        kind=InstrumentKind(kind),
        bookable=bookable,
        needs_qualification=qualified,
        position=position,
        **dict(zip(_INSTRUMENT, middle, strict=True)),
    )
