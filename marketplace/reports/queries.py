"""Finds records of use, reports, proofs, ratings, and counts how facilities are used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.bookings.models import Booking
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.listings.models import Listing
from marketplace.reports import permissions
from marketplace.reports.models import (
    FacilityRating,
    ProofState,
    ReadinessProof,
    TestReport,
    UseRecord,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def use_of(session: Session, booking_id: UUID) -> UseRecord | None:
    """Give the record of a booking's use."""
    return session.scalar(select(UseRecord).where(UseRecord.booking_id == booking_id))


def report_of(session: Session, booking_id: UUID) -> TestReport | None:
    """Give the report on a booking's use."""
    return session.scalar(select(TestReport).where(TestReport.booking_id == booking_id))


def get_report(session: Session, report_id: UUID, *, actor: Actor) -> TestReport:
    """Give a report that the actor may read, with its listing."""
    found = session.scalar(
        select(TestReport)
        .where(TestReport.id == report_id, permissions.reports_visible_to(actor))
        .options(joinedload(TestReport.listing), joinedload(TestReport.booking))
    )
    if found is None:
        raise NotFound
    return found


def locked(session: Session, report_id: UUID) -> TestReport:
    """Give a report behind its row's lock, as it stands now."""
    return session.execute(
        select(TestReport)
        .where(TestReport.id == report_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def get_proof(session: Session, proof_id: UUID, *, lock: bool = False) -> ReadinessProof:
    """Give a proof with its report, booking and listing, or raise NotFound."""
    statement = (
        select(ReadinessProof)
        .where(ReadinessProof.id == proof_id)
        .options(
            joinedload(ReadinessProof.report).joinedload(TestReport.booking),
            joinedload(ReadinessProof.listing),
        )
    )
    if lock:
        statement = statement.with_for_update(of=ReadinessProof).execution_options(
            populate_existing=True
        )
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def proof_of(session: Session, report_id: UUID) -> ReadinessProof | None:
    """Give what became of a report as proof."""
    return session.scalar(select(ReadinessProof).where(ReadinessProof.report_id == report_id))


def list_waiting_proofs(session: Session, *, number: int = 1) -> Page[ReadinessProof]:
    """Give the proofs that wait for a reviewer, the oldest first."""
    statement = (
        select(ReadinessProof)
        .where(permissions.WAITING)
        .options(
            joinedload(ReadinessProof.report).joinedload(TestReport.booking),
            joinedload(ReadinessProof.listing).joinedload(Listing.organization),
        )
        .order_by(ReadinessProof.created_at, ReadinessProof.id)
    )
    return page_of(session, statement, number=number)


def count_waiting_proofs(session: Session) -> int:
    """Count the proofs that wait."""
    return session.scalar(select(func.count(ReadinessProof.id)).where(permissions.WAITING)) or 0


def accepted_proofs(session: Session, listing_id: UUID) -> Sequence[ReadinessProof]:
    """Give what reviewers accepted as proof of a listing's levels, the highest first."""
    return session.scalars(
        select(ReadinessProof)
        .where(ReadinessProof.listing_id == listing_id, ReadinessProof.state == ProofState.ACCEPTED)
        .options(joinedload(ReadinessProof.report).joinedload(TestReport.paper))
        .order_by(ReadinessProof.level.desc(), ReadinessProof.decided_at)
    ).all()


@dataclass(frozen=True)
class Stars:
    """How a facility is rated: how often, and the mean of the stars."""

    count: int
    mean: float | None


def stars_of(session: Session, facility_id: UUID) -> Stars:
    """Give a facility's rating."""
    count, mean = session.execute(
        select(func.count(), func.avg(FacilityRating.stars)).where(
            FacilityRating.facility_id == facility_id
        )
    ).one()
    return Stars(count, None if mean is None else round(float(mean), 1))


def list_ratings(session: Session, facility_id: UUID, *, most: int) -> Sequence[FacilityRating]:
    """Give the latest ratings of a facility."""
    return session.scalars(
        select(FacilityRating)
        .where(FacilityRating.facility_id == facility_id)
        .order_by(FacilityRating.at.desc(), FacilityRating.id)
        .limit(most)
    ).all()


def rating_of(session: Session, booking_id: UUID) -> FacilityRating | None:
    """Give the rating of one use."""
    return session.scalar(select(FacilityRating).where(FacilityRating.booking_id == booking_id))


def list_reports(
    session: Session, facility_id: UUID, *, actor: Actor, number: int = 1
) -> Page[TestReport]:
    """Give a facility's reports that the actor may read, the newest first."""
    statement = (
        select(TestReport)
        .join(Booking, Booking.id == TestReport.booking_id)
        .where(TestReport.facility_id == facility_id, permissions.reports_visible_to(actor))
        .order_by(TestReport.created_at.desc(), TestReport.id)
    )
    return page_of(session, statement, number=number)


def is_readable(session: Session, report_id: UUID, *, actor: Actor) -> bool:
    """Whether the actor may read a report."""
    found = session.scalar(
        select(TestReport.id).where(
            TestReport.id == report_id, permissions.reports_visible_to(actor)
        )
    )
    return found is not None
