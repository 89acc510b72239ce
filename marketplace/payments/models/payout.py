"""What a payee is due, and how it is paid out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.organizations.models import Organization


class Provider(LabelledEnum):
    """How a payout travels."""

    BANK = "bank", N_("Bank transfer")
    STRIPE_CONNECT = "stripe_connect", N_("Stripe Connect")


class PayoutState(LabelledEnum):
    """How far a payout has come."""

    PREPARED = "payout_prepared", N_("Waits for approval")
    APPROVED = "payout_approved", N_("Approved")
    SENT = "payout_sent", N_("Payout on its way")
    PAID = "payout_paid", N_("Paid out")
    RETURNED = "payout_returned", N_("Returned by the bank")
    REFUSED = "payout_refused", N_("Refused")


class Transfer(Entity, Model):
    """A payee's part of one release (or, negative, what a later refund takes back)."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("gross_minor <> 0", name="transfer_moves_money"),
        CheckConstraint(
            "net_minor = gross_minor - commission_minor - tax_minor", name="transfer_adds_up"
        ),
        UniqueConstraint("reference", name="transfer_once"),
        Index(None, "payee_id", "payout_id"),
        Index(None, "payment_id"),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"))
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    #: The reference of its entry in the books.
    reference: Mapped[str] = mapped_column(String(120))
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    commission_minor: Mapped[int] = mapped_column(BigInteger)
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    #: What the payee gets; for money that went straight to the payee, minus the commission.
    net_minor: Mapped[int] = mapped_column(BigInteger)
    #: What this adds to the next payout (differs from net when the payee has the money already).
    due_minor: Mapped[int] = mapped_column(BigInteger)
    #: Whether it stands on what is owed to the payee (else on what the payee owes).
    on_payable: Mapped[bool]
    made_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout.id"), default=None)


class Payout(Entity, Model):
    """One sum to one payee; approved by another person than the one who prepared it."""

    __tablename__ = "payout"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="payout_pays_something"),
        CheckConstraint(
            "approved_by IS NULL OR approved_by <> prepared_by", name="payout_needs_two_people"
        ),
        CheckConstraint(
            "state NOT IN ('payout_approved', 'payout_sent', 'payout_paid') "
            "OR approved_by IS NOT NULL",
            name="payout_is_approved_first",
        ),
        CheckConstraint(
            "state <> 'payout_paid' OR bank_reference <> '' OR stripe_id IS NOT NULL",
            name="payout_paid_is_proven",
        ),
        CheckConstraint(
            "state NOT IN ('payout_returned', 'payout_refused') OR reason <> ''",
            name="payout_ends_with_a_reason",
        ),
        Index(None, "payee_id"),
        Index(None, "state"),
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    provider: Mapped[Provider]
    prepared_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    prepared_at: Mapped[datetime]
    #: Where to, as it was when the payout was prepared.
    destination: Mapped[str] = mapped_column(String(300))
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    state: Mapped[PayoutState] = mapped_column(default=PayoutState.PREPARED)
    #: What earlier refunds took off.
    deducted_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    bank_reference: Mapped[str] = mapped_column(String(100), default="")
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)
    stripe_id: Mapped[str | None] = mapped_column(String(255), default=None, unique=True)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(String(500), default="")

    payee: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)
