"""Test reports: written by the operator, issued as a paper, signed by both sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.bookings import permissions as booking_permissions
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import bookings
from marketplace.bookings.services.records import person_of
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import EditedElsewhere, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.listings.models import Listing
from marketplace.papers import services as papers
from marketplace.papers.models import Paper, PaperKind
from marketplace.papers.rules import PartyInput, is_signed
from marketplace.reports import queries, rules, texts
from marketplace.reports.models import Conclusion, ReadinessProof, ReportState, TestReport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.papers.models import Signature

OBJECT_KIND = "test_report"
#: States of a booking about which a report may be written.
REPORTED = (BookingState.IN_SERVICE, BookingState.COMPLETED)


@dataclass(frozen=True, kw_only=True)
class ReportInput:
    """What an operator writes; the version is the one that was read."""

    title: str
    object_tested: str = ""
    method: str = ""
    conditions: str = ""
    rows: Sequence[dict[str, Any]] = field(default=())
    summary: str = ""
    conclusion: Conclusion | None = None
    level: int | None = None
    version: int


def begin_report(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> TestReport:
    """Give the report on a use, begun when there is none yet; for the operator."""
    booking = bookings.get_booking(session, booking_id, actor=actor)
    require(booking_permissions.may_operate(actor, booking.provider_id))
    if booking.state not in REPORTED:
        raise StepNotAllowed(N_("A report is written once the use has begun."))
    known = queries.report_of(session, booking.id)
    if known is not None:
        return known
    listing = session.get(Listing, booking.listing_id) if booking.listing_id else None
    report = TestReport(
        booking_id=booking.id,
        facility_id=booking.resource.facility_id,
        title=(listing.title if listing else booking.resource.name)[:200],
        created_by=person_of(actor),
        listing_id=listing.id if listing else None,
        rows=[
            {
                "name": str(row.get("name", "")),
                "unit": str(row.get("unit", "")),
                "target": str(row.get("ours", "")),
                "measured": "",
                "verdict": "",
            }
            for row in (listing.gains if listing else ())
        ],
        is_demo=booking.is_demo,
    )
    with judged(session):
        session.add(report)
    _note(session, actor, "begun", report, now)
    return report


def save_report(
    session: Session, *, actor: Actor, report_id: UUID, given: ReportInput, now: datetime
) -> TestReport:
    """Write a draft; rows without a verdict get one where target and value can be compared."""
    report = _own(session, actor, report_id)
    if report.version != given.version:
        raise EditedElsewhere(
            N_("Somebody else saved this report meanwhile. Your text stands here; compare first.")
        )
    _require_draft(report)
    title = given.title.strip()
    if not title:
        raise RuleBroken(N_("Give the report a title."), field="title")
    if given.level is not None and not 1 <= given.level <= 9:  # noqa: PLR2004 — the TRL scale
        raise RuleBroken(N_("The level lies between 1 and 9."), field="level")
    report.title, report.level = title, given.level
    report.object_tested, report.method = given.object_tested.strip(), given.method.strip()
    report.conditions, report.summary = given.conditions.strip(), given.summary.strip()
    report.rows = rules.judged(given.rows)
    report.conclusion = given.conclusion or rules.conclusion_of(report.rows)
    _note(session, actor, "saved", report, now)
    return report


def issue_report(
    session: Session, *, actor: Actor, report_id: UUID, now: datetime
) -> tuple[TestReport, Paper]:
    """Fix the text as a paper that operator and user sign."""
    report = _own(session, actor, report_id)
    state = rules.REPORT_LIFECYCLE.next(report.state, "issue")
    rules.require_issuable(
        object_tested=report.object_tested,
        method=report.method,
        rows=report.rows,
        summary=report.summary,
    )
    if report.conclusion is None:
        raise RuleBroken(N_("Say what the values come to."), field="conclusion")
    booking = bookings.get_booking(session, report.booking_id, actor=actor)
    paper = papers.draw_up(
        session,
        actor=actor,
        kind=PaperKind.REPORT,
        object_kind=OBJECT_KIND,
        object_id=report.id,
        content=texts.report_content(report, booking),
        parties=(
            PartyInput(
                role=texts.OPERATOR[0],
                role_en=texts.OPERATOR[1],
                organization_id=booking.provider_id,
            ),
            PartyInput(
                role=texts.USER[0], role_en=texts.USER[1], organization_id=booking.organization_id
            ),
        ),
        now=now,
        is_demo=report.is_demo,
    )
    report.state, report.paper_id, report.issued_at = state, paper.id, now
    _note(session, actor, "issued", report, now, sha256=paper.sha256)
    return report, paper


def take_back(session: Session, *, actor: Actor, report_id: UUID, now: datetime) -> TestReport:
    """Take an issued report back to mend it, as long as not both have signed."""
    report = _own(session, actor, report_id)
    state = rules.REPORT_LIFECYCLE.next(report.state, "take_back")
    papers.withdraw(session, actor=actor, paper_id=report.paper_id, now=now)  # type: ignore[arg-type]
    report.state, report.paper_id, report.issued_at = state, None, None
    _note(session, actor, "taken_back", report, now)
    return report


def signed(session: Session, paper: Paper, _signature: Signature, now: datetime) -> None:
    """Finish a report that both have signed; put it forward as proof of the listing's level."""
    if not is_signed(paper):
        return
    report = queries.locked(session, paper.object_id)
    report.state = rules.REPORT_LIFECYCLE.next(report.state, "sign")
    report.signed_at = now
    if report.listing_id is not None and report.level is not None:
        listing = session.get_one(Listing, report.listing_id)
        if listing.trl is None or listing.trl < report.level:
            session.add(
                ReadinessProof(
                    listing_id=listing.id,
                    report_id=report.id,
                    level=report.level,
                    level_before=listing.trl,
                )
            )
    _note(session, None, "signed", report, now, sha256=paper.sha256)


def _own(session: Session, actor: Actor, report_id: UUID) -> TestReport:
    report = queries.get_report(session, report_id, actor=actor)
    booking = bookings.get_booking(session, report.booking_id, actor=actor)
    require(booking_permissions.may_operate(actor, booking.provider_id))
    return queries.locked(session, report_id)


def _require_draft(report: TestReport) -> None:
    if report.state is not ReportState.DRAFT:
        raise StepNotAllowed(N_("The report is issued already; take it back to change it."))


def _note(
    session: Session,
    actor: Actor | None,
    step: str,
    report: TestReport,
    now: datetime,
    **details: object,
) -> None:
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"report.{step}",
        kind=OBJECT_KIND,
        object_id=report.id,
        now=now,
        **details,
    )
    if step in ("issued", "signed"):
        jobs.tell(session, f"report.{step}", id=str(report.id))
