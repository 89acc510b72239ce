"""What a technology manager earns by a signed contract."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.deals.models import Deal
from marketplace.managers.models import ManagerProfile
from marketplace.organizations.models import Organization


class CommissionState(LabelledEnum):
    """How far a commission has come."""

    COMPUTED = "commission_computed", N_("Commission computed")
    INVOICED = "commission_invoiced", N_("Commission invoiced")
    DISPUTED = "commission_disputed", N_("Commission disputed")
    PAID = "commission_paid", N_("Commission paid")
    WAIVED = "commission_waived", N_("Commission waived")


class Commission(Entity, Model):
    """The part of a mandate's fee that one organization owes for a signed contract.

    ``mandate_terms`` are copied at signing: what the mandate says later changes nothing.
    """

    __tablename__ = "commission"
    __table_args__ = (
        UniqueConstraint(
            "deal_id", "mandate_id", "payer_id", name="one_commission_per_mandate_and_payer"
        ),
        CheckConstraint("base_minor >= 0 AND amount_minor >= 0", name="commission_not_negative"),
        CheckConstraint("amount_minor <= computed_minor", name="commission_only_ever_lowered"),
        CheckConstraint(
            "state <> 'commission_disputed' OR dispute_reason <> ''",
            name="disputed_commission_has_a_reason",
        ),
        Index(None, "manager_id", "state"),
        Index(None, "payer_id", "state"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    manager_id: Mapped[UUID] = mapped_column(ForeignKey("manager_profile.id"))
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    #: The contract's value on which the fee was worked out.
    base_minor: Mapped[int] = mapped_column(BigInteger)
    computed_minor: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    mandate_terms: Mapped[dict[str, Any]]
    computed_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    state: Mapped[CommissionState] = mapped_column(default=CommissionState.COMPUTED)
    invoice_number: Mapped[str] = mapped_column(String(60), default="")
    invoiced_at: Mapped[datetime | None] = mapped_column(default=None)
    due_on: Mapped[date | None] = mapped_column(default=None)
    dispute_reason: Mapped[str] = mapped_column(default="")
    #: How a dispute ended, in words.
    outcome: Mapped[str] = mapped_column(default="")
    paid_at: Mapped[datetime | None] = mapped_column(default=None)

    deal: Mapped[Deal] = relationship(init=False, repr=False, lazy="raise", viewonly=True)
    manager: Mapped[ManagerProfile] = relationship(
        init=False, repr=False, lazy="raise", viewonly=True
    )
    payer: Mapped[Organization] = relationship(init=False, repr=False, lazy="raise", viewonly=True)
