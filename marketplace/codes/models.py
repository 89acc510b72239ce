"""Days on which the working week is broken, and figures that administrators keep."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class HolidayKind(LabelledEnum):
    """How a day differs from the plain week."""

    HOLIDAY = "holiday", N_("Public holiday")
    WORKING_WEEKEND = "working_weekend", N_("Working day at a weekend")


class Holiday(Entity, Model):
    """One day that the State Council took out of, or put into, the working week."""

    __tablename__ = "holiday"
    __table_args__ = (
        UniqueConstraint(
            "on",
            name=means("holiday_date_taken", N_("This day is already in the table."), field="on"),
        ),
        CheckConstraint(
            "kind <> 'working_weekend' OR EXTRACT(ISODOW FROM \"on\") >= 6",
            name=means(
                "working_weekend_is_a_weekend",
                N_("Only a Saturday or Sunday can be made a working day."),
                field="on",
            ),
        ),
    )

    on: Mapped[date]
    kind: Mapped[HolidayKind]
    name: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(200), default="")


class Rule(Model):
    """A figure that law or practice sets, as an administrator last changed it.

    A key without a row has the value that its domain declared (see ``rules.declare``).
    """

    __tablename__ = "rule"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str]
    source: Mapped[str]
    confirmed: Mapped[bool]
    # A person; people stand above this domain, so the column is plain.
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]


class RuleChange(Model):
    """What a figure was before and after a change; rows are only ever added."""

    __tablename__ = "rule_change"
    __table_args__ = (
        CheckConstraint(
            "reason <> ''",
            name=means(
                "rule_change_has_a_reason", N_("Say why the figure changes."), field="reason"
            ),
        ),
        Index(None, "key", "changed_at"),
        {"info": {"append_only": True}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4, init=False)
    key: Mapped[str] = mapped_column(String(80))
    before: Mapped[str]
    after: Mapped[str]
    source: Mapped[str]
    confirmed: Mapped[bool]
    reason: Mapped[str]
    changed_by: Mapped[UUID]
    changed_at: Mapped[datetime]
