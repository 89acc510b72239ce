"""After publication: suspended, restored, withdrawn, opened again; following the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core import jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.services import note
from marketplace.facilities import permissions, queries
from marketplace.facilities.content import public_content
from marketplace.facilities.guests import shut_out
from marketplace.facilities.models import Facility
from marketplace.facilities.queries import REVISIONS
from marketplace.facilities.rules import LIFECYCLE, REVIEWED

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

REASON_LENGTH = 500


def _reason(text: str) -> str:
    if not text.strip():
        raise RuleBroken(N_("Say why; the other side reads it."), field="reason")
    return text.strip()[:REASON_LENGTH]


def suspend_facility(
    session: Session, *, actor: Actor, facility_id: UUID, reason: str, now: datetime
) -> Facility:
    """Hide a published facility, with a reason; bookings hear it (``facility.suspended``)."""
    facility = queries.get_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.may_review(actor, facility))
    facility.status = LIFECYCLE.next(facility.status, "suspend")
    facility.suspended_reason = _reason(reason)
    note(session, actor, "suspended", facility, now, reason=facility.suspended_reason)
    return facility


def restore_facility(
    session: Session, *, actor: Actor, facility_id: UUID, now: datetime
) -> Facility:
    """Show a suspended facility again."""
    facility = queries.get_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.may_review(actor, facility))
    facility.status = LIFECYCLE.next(facility.status, "restore")
    facility.suspended_reason = ""
    note(session, actor, "restored", facility, now)
    return facility


def withdraw_facility(
    session: Session, *, actor: Actor, facility_id: UUID, reason: str, now: datetime
) -> Facility:
    """Take the facility off the register: its address says so; its filing number is free again."""
    facility = queries.get_facility(session, facility_id, actor=actor, lock=True)
    own = permissions.writes_for(actor, facility.organization_id)
    require(own or actor.is_administrator)
    target = LIFECYCLE.next(facility.status, "withdraw")
    expected = shut_out(session, facility, None, now)
    if expected:
        raise RuleBroken(
            N_(
                "%(count)s bookings stand at this facility. Let them pass or call them off, then "
                "withdraw it."
            ),
            field="reason",
            count=len(expected),
        )
    facility.withdrawn_reason = _reason(reason)
    facility.status = target
    facility.suspended_reason = ""
    facility.pending = facility.pending_submitted_at = None
    note(session, actor, "withdrawn", facility, now, reason=facility.withdrawn_reason)
    return facility


def reopen_facility(
    session: Session, *, actor: Actor, facility_id: UUID, now: datetime
) -> Facility:
    """Make a withdrawn facility a draft again; its filing number must still be free."""
    facility = queries.get_own_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.writes_for(actor, facility.organization_id))
    target = LIFECYCLE.next(facility.status, "reopen")
    with judged(session):
        if facility.published_at is not None:
            # From now on edits go into the columns, so the text that readers saw is kept here.
            REVISIONS.keep(session, facility, public_content(facility))
        facility.status = target
        facility.withdrawn_reason = ""
        facility.touched_at = now
    note(session, actor, "reopened", facility, now)
    return facility


def note_offer(
    session: Session,
    facility_id: UUID,
    *,
    next_free_on: date | None,
    price_minor: int | None,
    price_max_minor: int | None,
) -> bool:
    """Keep what bookings say of a facility: its next free day and span of prices (minor units).

    Gives whether anything changed; an unchanged row keeps its version and isn't indexed anew.
    """
    facility = session.get(Facility, facility_id, with_for_update=True)
    if facility is None:
        return False
    fresh = (next_free_on, price_minor, price_max_minor)
    if fresh == (facility.next_free_on, facility.price_minor, facility.price_max_minor):
        return False
    facility.next_free_on, facility.price_minor, facility.price_max_minor = fresh
    return True


def sync_organization(session: Session, organization_id: UUID) -> None:
    """Queue an organization's facilities for search: they quote its name and standing."""
    ids = session.scalars(
        select(Facility.id).where(
            Facility.organization_id == organization_id, Facility.status.in_(REVIEWED)
        )
    )
    jobs.sync_rows(session, Facility.search_kind, [str(one) for one in ids])
