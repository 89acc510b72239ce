"""Reports of a running royalty, period by period."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.performance.models.milestones import Performance


class StatementState(LabelledEnum):
    """How far a royalty statement has come."""

    DUE = "statement_due", N_("To be reported")
    REPORTED = "statement_reported", N_("Reported")
    DISPUTED = "statement_disputed", N_("Statement disputed")
    CONFIRMED = "statement_confirmed", N_("Statement confirmed")
    SETTLED = "statement_settled", N_("Royalty settled")
    CANCELLED = "statement_cancelled", N_("Statement dropped")


class RoyaltyStatement(Entity, Model):
    """What the licensee reports for one period, and the royalty that the agreed steps make of it.

    Amounts are minor units of ``currency``; ``amount_minor`` is royalty plus what a full calendar
    year lacks to the agreed minimum.
    """

    __tablename__ = "royalty_statement"
    __table_args__ = (
        UniqueConstraint("performance_id", "number", name="statements_are_numbered"),
        CheckConstraint("to_on >= from_on", name="statement_period_in_order"),
        CheckConstraint(
            "base_minor >= 0 AND royalty_minor >= 0 AND top_up_minor >= 0",
            name="statement_amounts_not_negative",
        ),
        CheckConstraint("amount_minor = royalty_minor + top_up_minor", name="statement_adds_up"),
        CheckConstraint(
            "state IN ('statement_due', 'statement_cancelled') OR base_minor IS NOT NULL",
            name="reported_statement_has_a_base",
        ),
        CheckConstraint(
            "state <> 'statement_disputed' OR dispute_reason <> ''",
            name="disputed_statement_has_a_reason",
        ),
        Index(None, "state", "report_due_on"),
        Index(None, "deal_id"),
    )

    performance_id: Mapped[UUID] = mapped_column(ForeignKey("performance.id"))
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    number: Mapped[int]
    from_on: Mapped[date]
    to_on: Mapped[date]
    report_due_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    state: Mapped[StatementState] = mapped_column(default=StatementState.DUE)
    base_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    royalty_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    top_up_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    note: Mapped[str] = mapped_column(default="")
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)
    reported_at: Mapped[datetime | None] = mapped_column(default=None)
    reported_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    pay_due_on: Mapped[date | None] = mapped_column(default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    dispute_reason: Mapped[str] = mapped_column(default="")

    performance: Mapped[Performance] = relationship(
        init=False, repr=False, lazy="raise", viewonly=True
    )


class Inspection(Entity, Model):
    """The licensor asks to read the licensee's books (Civil Code 846), and what it found."""

    __tablename__ = "royalty_inspection"
    __table_args__ = (
        CheckConstraint("planned_on >= asked_on", name="inspection_after_its_notice"),
        Index(None, "deal_id"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("royalty_statement.id"))
    asked_on: Mapped[date]
    planned_on: Mapped[date]
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")
    finding: Mapped[str] = mapped_column(default="")
    found_at: Mapped[datetime | None] = mapped_column(default=None)
