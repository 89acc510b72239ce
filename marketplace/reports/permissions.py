"""Who reads reports, and who decides what they prove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, true

from marketplace.bookings import permissions as booking_permissions
from marketplace.bookings.models import Booking
from marketplace.reports.models import ProofState, ReadinessProof, TestReport

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from marketplace.core.actor import Actor


def reports_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the reports of bookings that the actor knows of; reviewers read what is put forward.

    A report is two sides' own until a reviewer accepts it as proof; then its paper's hash, its
    conclusion and its level stand on the listing, not its text.
    """
    if actor.is_administrator:
        return true()
    own = TestReport.booking_id.in_(select(Booking.id).where(booking_permissions.visible_to(actor)))
    if not actor.is_reviewer:
        return own
    put_forward = TestReport.id.in_(select(ReadinessProof.report_id))
    return or_(own, put_forward)


def may_decide(actor: Actor, proof: ReadinessProof) -> bool:
    """Whether the actor judges the proof: a reviewer of neither side; ``listing`` is loaded."""
    return actor.is_reviewer and not (
        actor.is_member(proof.listing.organization_id)
        or actor.is_member(proof.report.booking.provider_id)
    )


WAITING = ReadinessProof.state == ProofState.WAITING
