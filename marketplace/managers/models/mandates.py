"""Who engages a manager, for what, and at which fee."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.managers.models.register import ManagerProfile
from marketplace.organizations.models import Organization


class MandateStatus(LabelledEnum):
    """How far a mandate has come; the steps between stand in ``rules.MANDATE_LIFECYCLE``."""

    DRAFT = "draft", N_("Draft")
    OFFERED = "offered", N_("Waits for signatures")
    SIGNED = "signed", N_("Signed")
    ENDED = "ended", N_("Ended")
    DECLINED = "declined", N_("Declined")


#: States in which two sides still deal with the text or work under it.
LIVING = (MandateStatus.DRAFT, MandateStatus.OFFERED, MandateStatus.SIGNED)


class FeePayer(LabelledEnum):
    """Who owes the manager's fee once a contract is made."""

    CLIENT = "client", N_("The client")
    OTHER = "other", N_("The other side")
    SHARED = "shared", N_("Both sides, in equal shares")


class RecordKind(LabelledEnum):
    """What a mandate and an introduction are about."""

    LISTING = "listing", N_("Technology")
    NEED = "need", N_("Need")


class Mandate(Entity, Model):
    """An intermediary contract (Civil Code 961) between an organization and a manager.

    ``success_fee_bp`` is in basis points of the contract's value, ``fixed_fee_minor`` is added to
    it; ``floor_minor`` and ``cap_minor`` bound the sum. ``costs_cap_minor`` is what the client
    pays of necessary costs when no contract is made (Civil Code 964): 0 is nothing.
    """

    __tablename__ = "mandate"
    __table_args__ = (
        CheckConstraint("success_fee_bp BETWEEN 0 AND 5000", name="success_fee_up_to_half"),
        CheckConstraint(
            "fixed_fee_minor >= 0 AND floor_minor >= 0 AND costs_cap_minor >= 0",
            name="mandate_fees_not_negative",
        ),
        CheckConstraint(
            "success_fee_bp > 0 OR fixed_fee_minor > 0 OR floor_minor > 0",
            name="mandate_names_a_fee",
        ),
        CheckConstraint("cap_minor > 0 AND cap_minor >= floor_minor", name="cap_above_floor"),
        CheckConstraint("ends_on >= starts_on", name="mandate_dates_in_order"),
        CheckConstraint("tail_days BETWEEN 0 AND 1095", name="tail_up_to_three_years"),
        CheckConstraint(
            "other_organization_id <> client_organization_id", name="client_is_not_the_other_side"
        ),
        CheckConstraint(
            "status NOT IN ('offered', 'signed') OR offered_at IS NOT NULL",
            name="offered_mandate_is_dated",
        ),
        CheckConstraint(
            "status <> 'signed' OR signed_at IS NOT NULL", name="signed_mandate_is_dated"
        ),
        CheckConstraint(
            "(status IN ('ended', 'declined')) = (ended_at IS NOT NULL)",
            name="mandate_end_is_dated",
        ),
        Index(None, "manager_id", "status"),
        Index(None, "client_organization_id"),
    )

    manager_id: Mapped[UUID] = mapped_column(ForeignKey("manager_profile.id"))
    client_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    tail_days: Mapped[int]
    payer: Mapped[FeePayer] = mapped_column(default=FeePayer.CLIENT)
    #: The other side, when the mandate is about one party only.
    other_organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organization.id"), default=None
    )
    success_fee_bp: Mapped[int] = mapped_column(default=0)
    fixed_fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    floor_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    cap_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    costs_cap_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    exclusive: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    status: Mapped[MandateStatus] = mapped_column(default=MandateStatus.DRAFT)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: Whether the manager wrote the text that lies before both sides; else the client did.
    from_manager: Mapped[bool] = mapped_column(default=False)
    offered_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool] = mapped_column(default=False)

    manager: Mapped[ManagerProfile] = relationship(init=False, lazy="raise", viewonly=True)
    client: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[client_organization_id]
    )
    other: Mapped[Organization | None] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[other_organization_id]
    )
    records: Mapped[list[MandateRecord]] = relationship(
        init=False, lazy="raise", viewonly=True, order_by="MandateRecord.created_at"
    )


class MandateRecord(Entity, Model):
    """One listing or need that a mandate covers.

    Term, exclusivity and force are copied here from the mandate, so that the database refuses two
    exclusive mandates for one record at the same time.
    """

    __tablename__ = "mandate_record"
    __table_args__ = (
        UniqueConstraint(
            "mandate_id", "object_kind", "object_id", name="one_line_per_mandate_record"
        ),
        ExcludeConstraint(
            ("object_kind", "="),
            ("object_id", "="),
            ("during", "&&"),
            where=text("exclusive AND active"),
            using="gist",
            name=means(
                "one_exclusive_mandate_at_a_time",
                N_("Another exclusive mandate covers this record in that time."),
                field="exclusive",
            ),
        ),
        Index(None, "object_kind", "object_id"),
    )

    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id", ondelete="CASCADE"))
    object_kind: Mapped[RecordKind]
    object_id: Mapped[UUID]
    #: First to last day of the mandate.
    during: Mapped[Range[date]] = mapped_column(DATERANGE)
    exclusive: Mapped[bool] = mapped_column(default=False)
    #: True from the last signature to the end of the mandate.
    active: Mapped[bool] = mapped_column(default=False)
