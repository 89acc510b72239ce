"""Interest that a provider claims on what was paid late."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class InterestState(LabelledEnum):
    """How far a claim of interest has come."""

    CLAIMED = "interest_claimed", N_("Interest claimed")
    PAID = "interest_paid", N_("Interest paid")
    WAIVED = "interest_waived", N_("Interest waived")


class InterestClaim(Entity, Model):
    """Simple interest on what one milestone or statement was late with, until a day.

    A later claim of the same subject begins where this one ends: what was claimed or waived is
    never claimed again. ``lines`` say which sum was late for how many days.
    """

    __tablename__ = "interest_claim"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="interest_claim_has_an_amount"),
        CheckConstraint("rate_bp > 0", name="interest_claim_has_a_rate"),
        CheckConstraint("until_on > due_on", name="interest_runs_after_the_due_day"),
        CheckConstraint(
            "(state = 'interest_waived') = (waive_reason <> '')",
            name="waived_interest_has_a_reason",
        ),
        CheckConstraint(
            "(state = 'interest_claimed') = (ended_at IS NULL)", name="ended_interest_is_dated"
        ),
        Index("one_interest_claim_until_a_day", "subject_id", "until_on", unique=True),
        Index(None, "deal_id"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    #: Kind of what was late, as the book calls it: ``milestone`` or ``royalty_statement``.
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID]
    #: The day on which the subject itself was due.
    due_on: Mapped[date]
    #: The last day that this claim counts.
    until_on: Mapped[date]
    rate_bp: Mapped[int]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[list[dict[str, Any]]]
    claimed_at: Mapped[datetime]
    claimed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    #: The day by which the interest itself is paid.
    pay_by: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    state: Mapped[InterestState] = mapped_column(default=InterestState.CLAIMED)
    waive_reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
