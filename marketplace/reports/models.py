"""Records of use, test reports, what they prove of a listing, and ratings of facilities."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.bookings.models import Booking
from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.listings.models import Listing
from marketplace.papers.models import Paper


class UseState(LabelledEnum):
    """How far the two sides agree about a use; the steps stand in ``rules.USE_LIFECYCLE``."""

    RECORDED = "recorded", N_("Waits for the user's word")
    CONFIRMED = "confirmed", N_("Confirmed by both sides")
    DISPUTED = "disputed", N_("Disputed by the user")


class UseRecord(Entity, Model):
    """What was used, as the operator wrote it down and the user confirms it.

    ``charge_minor`` is what the operator keeps of the price: never more than was agreed, for more
    needs another booking. ``consumables`` are rows of {"name", "amount", "unit"}.
    """

    __tablename__ = "use_record"
    __table_args__ = (
        UniqueConstraint(
            "booking_id",
            name=means("one_record_per_use", N_("This use is written down already.")),
        ),
        CheckConstraint("ended_at > started_at", name="use_takes_time"),
        CheckConstraint("charge_minor >= 0 AND price_minor >= 0", name="charge_not_negative"),
        CheckConstraint("charge_minor <= price_minor", name="charge_within_the_price"),
        CheckConstraint(
            "charge_minor = price_minor OR adjust_reason <> ''", name="adjusted_with_a_reason"
        ),
        CheckConstraint("samples >= 0", name="samples_not_negative"),
        CheckConstraint(
            "state <> 'disputed' OR dispute_reason <> ''", name="disputed_use_has_a_reason"
        ),
        CheckConstraint(
            "(state = 'recorded') = (answered_at IS NULL)", name="answered_use_is_dated"
        ),
    )

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    price_minor: Mapped[int] = mapped_column(BigInteger)
    charge_minor: Mapped[int] = mapped_column(BigInteger)
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    samples: Mapped[int | None] = mapped_column(default=None)
    consumables: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    note: Mapped[str] = mapped_column(default="")
    adjust_reason: Mapped[str] = mapped_column(default="")
    state: Mapped[UseState] = mapped_column(default=UseState.RECORDED)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    dispute_reason: Mapped[str] = mapped_column(default="")

    booking: Mapped[Booking] = relationship(init=False, repr=False, lazy="raise", viewonly=True)

    @property
    def minutes(self) -> int:
        """How long the use took, in whole minutes."""
        return int((self.ended_at - self.started_at).total_seconds() // 60)


class ReportState(LabelledEnum):
    """How far a report has come; the steps stand in ``rules.REPORT_LIFECYCLE``."""

    DRAFT = "draft", N_("Draft of a report")
    ISSUED = "issued", N_("Report waits for signatures")
    SIGNED = "signed", N_("Report signed by both sides")


class Conclusion(LabelledEnum):
    """What the measured values say against the targets."""

    REACHED = "reached", N_("All targets reached")
    PARTLY = "partly", N_("Some targets reached")
    MISSED = "missed", N_("Targets not reached")


class TestReport(Entity, Model):
    """A facility's report on what it tested; once issued its text is fixed by a paper.

    ``rows`` are {"name", "unit", "target", "measured", "verdict"}; ``verdict`` is reached, missed
    or empty. ``level`` is the readiness level that the tests prove, in the operator's judgment.
    """

    #: Not a test of ours, whatever pytest thinks of the name.
    __test__ = False

    __tablename__ = "test_report"
    __table_args__ = (
        UniqueConstraint(
            "booking_id",
            name=means("one_report_per_use", N_("There is a report on this use already.")),
        ),
        CheckConstraint("level BETWEEN 1 AND 9", name="proven_level_on_scale"),
        CheckConstraint(
            "state = 'draft' OR (paper_id IS NOT NULL AND issued_at IS NOT NULL)",
            name="issued_report_has_a_paper",
        ),
        CheckConstraint("(state = 'signed') = (signed_at IS NOT NULL)", name="signed_is_dated"),
        Index(None, "listing_id"),
        Index(None, "facility_id"),
    )

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))
    title: Mapped[str] = mapped_column(String(200))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"), default=None)
    object_tested: Mapped[str] = mapped_column(default="")
    method: Mapped[str] = mapped_column(default="")
    conditions: Mapped[str] = mapped_column(default="")
    rows: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    summary: Mapped[str] = mapped_column(default="")
    conclusion: Mapped[Conclusion | None] = mapped_column(default=None)
    level: Mapped[int | None] = mapped_column(default=None)
    state: Mapped[ReportState] = mapped_column(default=ReportState.DRAFT)
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("paper.id"), default=None)
    issued_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    booking: Mapped[Booking] = relationship(init=False, repr=False, lazy="raise", viewonly=True)
    listing: Mapped[Listing | None] = relationship(
        init=False, repr=False, lazy="raise", viewonly=True
    )
    paper: Mapped[Paper | None] = relationship(init=False, repr=False, lazy="raise", viewonly=True)


class ProofState(LabelledEnum):
    """What a reviewer made of a report as proof of a readiness level."""

    WAITING = "waiting", N_("Proof waits for a reviewer")
    ACCEPTED = "accepted", N_("Proof accepted")
    REFUSED = "refused", N_("Proof refused")


class ReadinessProof(Entity, Model):
    """A signed report put forward as proof of a listing's level; a reviewer decides."""

    __tablename__ = "readiness_proof"
    __table_args__ = (
        UniqueConstraint("report_id", name="one_proof_per_report"),
        CheckConstraint("level BETWEEN 1 AND 9", name="put_forward_level_on_scale"),
        CheckConstraint(
            "(state = 'waiting') = (decided_at IS NULL)", name="decided_proof_is_dated"
        ),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="refused_proof_has_a_reason"),
        Index(None, "listing_id", "state"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"))
    report_id: Mapped[UUID] = mapped_column(ForeignKey("test_report.id"))
    level: Mapped[int]
    #: The listing's level when the report was signed.
    level_before: Mapped[int | None] = mapped_column(default=None)
    state: Mapped[ProofState] = mapped_column(default=ProofState.WAITING)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")

    report: Mapped[TestReport] = relationship(init=False, repr=False, lazy="raise", viewonly=True)
    listing: Mapped[Listing] = relationship(init=False, repr=False, lazy="raise", viewonly=True)


class FacilityRating(Entity, Model):
    """What a user says of a facility after a completed use; never removed (E-commerce Law 39)."""

    __tablename__ = "facility_rating"
    __table_args__ = (
        UniqueConstraint(
            "booking_id", name=means("one_rating_per_use", N_("You rated this use already."))
        ),
        CheckConstraint("stars BETWEEN 1 AND 5", name="facility_stars_on_scale"),
        Index(None, "facility_id"),
        {"info": {"append_only": True}},
    )

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    stars: Mapped[int]
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(String(1000), default="")
