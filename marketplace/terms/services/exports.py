"""Export papers: licenses of restricted technology and registrations of free technology."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.queries.deals import get_deal
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.listings.models import ExportControl, Listing
from marketplace.terms import permissions
from marketplace.terms.models import ExportRecord
from marketplace.terms.queries import trials as queries
from marketplace.terms.queries.diligence import ATTACHED_TO
from marketplace.terms.rules import export
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.services.notes import note

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.files.store import Upload
    from marketplace.terms.rules.export import ExportStanding
    from marketplace.terms.value import Terms

LICENSE_FILE = "export_license"


def record_export(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    control: ExportControl = ExportControl.UNCHECKED,
    license_number: str = "",
    license_file: Upload | None = None,
    applied_on: date | None = None,
    registration_number: str = "",
    registered_on: date | None = None,
    now: datetime,
) -> ExportRecord:
    """Record the papers that the export rules ask for; a file once kept stays until replaced."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    require(permissions.may_record_export(actor, deal))
    assert actor.user_id is not None  # noqa: S101 — visitors act in no deal
    today = beijing_day(now)
    for name, day in (("applied_on", applied_on), ("registered_on", registered_on)):
        if day is not None and day > today:
            raise RuleBroken(N_("This day lies in the future."), field=name)
    if applied_on and registered_on and registered_on < applied_on:
        raise RuleBroken(
            N_("It can't be registered before it was applied for."), field="registered_on"
        )
    record = queries.find_export(session, deal_id)
    if record is None:
        record = ExportRecord(deal_id=deal_id, recorded_by=actor.user_id, recorded_at=now)
        session.add(record)
    record.control = control
    record.license_number = license_number.strip()
    record.registration_number = registration_number.strip()
    record.applied_on, record.registered_on = applied_on, registered_on
    record.recorded_by, record.recorded_at = actor.user_id, now
    if license_file is not None:
        record.license_file_id = attach(
            session,
            actor,
            object_kind=ATTACHED_TO,
            object_id=deal.id,
            organization_id=deal.licensor_id,
            upload=license_file,
            visibility=Visibility.INTERNAL,
            purpose=LICENSE_FILE,
            now=now,
        ).id
    with judged(session):
        pass
    note(
        session,
        actor=actor,
        deal=deal,
        action="export.recorded",
        object_id=record.id,
        now=now,
        tell=False,
    )
    return record


def standing_of(session: Session, deal: Deal, terms: Terms | None) -> ExportStanding:
    """Judge the export question of a deal by its terms, its listing's mark and its papers.

    A deal without a listing has no mark: there the one that was recorded with the papers counts.
    """
    record = queries.find_export(session, deal.id)
    return export.standing(
        is_foreign=bool(terms and terms.foreign_licensee),
        control=_control_of(session, deal, record),
        papers=export.ExportPapers(
            license_number=record.license_number if record else "",
            has_license_file=bool(record and record.license_file_id),
            registration_number=record.registration_number if record else "",
        ),
    )


def _control_of(session: Session, deal: Deal, record: ExportRecord | None) -> ExportControl:
    if deal.listing_id is not None:
        return session.get_one(Listing, deal.listing_id).export_control
    return record.control if record else ExportControl.UNCHECKED
