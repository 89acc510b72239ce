"""Days on which the working week is broken."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
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
