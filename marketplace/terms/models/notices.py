"""Public price notices and the objections that stop their clock."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class NoticeStatus(LabelledEnum):
    """How far a price notice has come; whether it is stopped is read from its objections."""

    RUNNING = "running", N_("Notice running")
    PASSED = "passed", N_("Notice over without open objection")
    UPHELD = "upheld", N_("Ended by an upheld objection")
    TAKEN_BACK = "taken_back", N_("Notice taken back")


class ObjectionStatus(LabelledEnum):
    """Where an objection stands."""

    RAISED = "raised", N_("Objection open")
    DISMISSED = "dismissed", N_("Objection dismissed with reasons")
    UPHELD = "upheld", N_("Objection upheld")


class PriceNotice(Entity, Model):
    """What an institution publishes before it signs at an agreed price (Conversion Law 18)."""

    __tablename__ = "price_notice"
    __table_args__ = (
        Index(
            means("one_running_notice", N_("A price notice of this deal is running already.")),
            "deal_id",
            unique=True,
            postgresql_where=text("status = 'running'"),
        ),
        Index(None, "status", "posted_on"),
        Index(None, "organization_id"),
        CheckConstraint("days >= 1", name="notice_runs_for_days"),
        CheckConstraint("NOT is_related OR related_note <> ''", name="related_party_is_explained"),
        CheckConstraint("(status = 'running') = (ended_on IS NULL)", name="ended_notice_is_dated"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    agreed_id: Mapped[UUID] = mapped_column(ForeignKey("agreed_terms.id"))
    #: The institution that publishes.
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(300))
    summary: Mapped[str]
    buyer: Mapped[str] = mapped_column(String(300))
    price_minor: Mapped[int] = mapped_column(BigInteger)
    #: How the price is made up, in words: royalty, shares, milestones.
    price_note: Mapped[str]
    days: Mapped[int]
    posted_on: Mapped[date]
    posted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    inventors: Mapped[str] = mapped_column(default="")
    #: Where else it is published (the institution's own site, a technology market).
    also_at: Mapped[str] = mapped_column(default="")
    is_related: Mapped[bool] = mapped_column(default=False)
    related_note: Mapped[str] = mapped_column(default="")
    status: Mapped[NoticeStatus] = mapped_column(default=NoticeStatus.RUNNING)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool] = mapped_column(default=False)


class Objection(Entity, Model):
    """A reasoned objection of a signed-in person; it stops the clock until it is settled."""

    __tablename__ = "objection"
    __table_args__ = (
        Index(None, "notice_id"),
        Index(
            means("one_open_objection", N_("Your objection is open already.")),
            "notice_id",
            "raised_by",
            unique=True,
            postgresql_where=text("status = 'raised'"),
        ),
        CheckConstraint("reasons <> ''", name="objection_has_reasons"),
        CheckConstraint(
            "(status = 'raised') = (settled_at IS NULL)", name="settled_objection_is_dated"
        ),
        CheckConstraint("status = 'raised' OR settlement <> ''", name="settlement_has_reasons"),
    )

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("price_notice.id"))
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    reasons: Mapped[str]
    status: Mapped[ObjectionStatus] = mapped_column(default=ObjectionStatus.RAISED)
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settlement: Mapped[str] = mapped_column(default="")
