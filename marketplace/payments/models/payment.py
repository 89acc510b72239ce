"""A payment with its refunds, disputes and bank slips."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.organizations.models import Organization


class Purpose(LabelledEnum):
    """What a payment is for."""

    BOOKING = "booking", N_("Booking")
    MILESTONE = "milestone", N_("Milestone of a contract")
    ROYALTY = "royalty", N_("Royalty")
    COMMISSION = "commission", N_("Commission of a technology manager")
    INTEREST = "interest", N_("Interest on late payment")


class Method(LabelledEnum):
    """How a payment was made."""

    CARD = "card", N_("Card")
    ALIPAY = "alipay", N_("Alipay")
    WECHAT_PAY = "wechat_pay", N_("WeChat Pay")
    BANK = "bank", N_("Bank transfer")
    FREE = "free", N_("Nothing to pay")


class PaymentState(LabelledEnum):
    """How far a payment has come."""

    CREATED = "created", N_("To be paid")
    SESSION_OPEN = "session_open", N_("Being paid")
    PROCESSING = "processing", N_("Payment on its way")
    AUTHORIZED = "authorized", N_("Amount reserved on the card")
    CAPTURED = "captured", N_("Paid")
    PARTIALLY_REFUNDED = "partially_refunded", N_("Partly refunded")
    REFUNDED = "refunded", N_("Refunded")
    FAILED = "failed", N_("Payment failed")
    EXPIRED = "expired", N_("Not paid in time")
    CANCELLED = "cancelled", N_("Payment cancelled")
    DISPUTED = "disputed", N_("Disputed")
    LOST = "lost", N_("Dispute lost")


class RefundState(LabelledEnum):
    """How far a refund has come."""

    REQUESTED = "requested", N_("Refund ordered")
    PENDING = "pending", N_("Refund on its way")
    SUCCEEDED = "succeeded", N_("Refund received")
    FAILED = "failed", N_("Refund failed")
    BY_HAND = "by_hand", N_("To be refunded by bank transfer")


class DisputeState(LabelledEnum):
    """How a dispute of a card payment stands."""

    OPEN = "dispute_open", N_("Dispute open")
    WON = "dispute_won", N_("Dispute won")
    LOST = "dispute_lost", N_("Dispute lost")


class SlipState(LabelledEnum):
    """Whether the payee has seen the money of a bank slip."""

    WAITING = "slip_waiting", N_("Waits for the payee")
    CONFIRMED = "slip_confirmed", N_("Received by the payee")
    REFUSED = "slip_refused", N_("Not received")


_OPEN = "state IN ('created', 'session_open', 'processing', 'authorized')"


class Payment(Entity, Model):
    """What one organization owes another for one thing; another attempt is another row."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint(
            "purpose", "purpose_id", "attempt_no", name="payment_attempts_are_numbered"
        ),
        Index(
            "one_open_payment_per_purpose",
            "purpose",
            "purpose_id",
            unique=True,
            postgresql_where=text(_OPEN),
        ),
        CheckConstraint("amount_minor >= 0", name="payment_amount_is_not_negative"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="payment_currency_is_a_code"),
        CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= captured_minor",
            name="payment_refunds_within_captured",
        ),
        CheckConstraint(
            "released_minor >= 0 AND released_minor <= captured_minor",
            name="payment_releases_within_captured",
        ),
        CheckConstraint("captured_minor <= amount_minor", name="payment_captures_within_amount"),
        CheckConstraint(
            "commission_bp BETWEEN 0 AND 10000 AND tax_bp BETWEEN 0 AND 10000",
            name="payment_rates_are_basis_points",
        ),
        CheckConstraint(
            "state NOT IN ('captured', 'partially_refunded', 'refunded', 'disputed', 'lost') "
            "OR captured_at IS NOT NULL",
            name="payment_captured_is_dated",
        ),
        Index(None, "payer_id", "state"),
        Index(None, "payee_id", "state"),
        Index(None, "expires_at", postgresql_where=text(_OPEN)),
    )

    purpose: Mapped[Purpose]
    purpose_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime]
    attempt_no: Mapped[int] = mapped_column(default=1)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    title_en: Mapped[str] = mapped_column(String(300), default="")
    #: Copied at the request, so that a later change of the rule changes no running payment.
    commission_bp: Mapped[int] = mapped_column(default=0)
    tax_bp: Mapped[int] = mapped_column(default=0)
    #: A hold on a card that is captured later; cards only.
    hold: Mapped[bool] = mapped_column(default=False)
    state: Mapped[PaymentState] = mapped_column(default=PaymentState.CREATED)
    method: Mapped[Method | None] = mapped_column(default=None)
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    due_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    authorized_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Until when a hold can be captured, as the provider says.
    capture_before: Mapped[datetime | None] = mapped_column(default=None)
    captured_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    captured_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    released_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Refunded after release, so owed by the payee.
    recalled_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    fee_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    #: Hosted pages are numbered: each has a key of its own at the provider.
    session_no: Mapped[int] = mapped_column(default=0)
    session_id: Mapped[str | None] = mapped_column(String(255), default=None, unique=True)
    session_url: Mapped[str | None] = mapped_column(String(2000), default=None)
    session_expires_at: Mapped[datetime | None] = mapped_column(default=None)
    intent_id: Mapped[str | None] = mapped_column(String(255), default=None, unique=True)
    charge_id: Mapped[str | None] = mapped_column(String(255), default=None, unique=True)
    #: Why it failed, was cancelled or is refunded by itself (a message id or the provider's text).
    note: Mapped[str] = mapped_column(String(500), default="")
    synced_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    # Loaded when asked for: taking the lock anew drops what came with the row.
    payer: Mapped[Organization] = relationship(
        foreign_keys="Payment.payer_id", init=False, viewonly=True
    )
    payee: Mapped[Organization] = relationship(
        foreign_keys="Payment.payee_id", init=False, viewonly=True
    )

    @property
    def is_open(self) -> bool:
        """Whether it may still be paid in the ordinary way."""
        return self.state in OPEN

    @property
    def is_paid(self) -> bool:
        """Whether the money has come, whatever became of it since."""
        return self.captured_at is not None

    @property
    def kept_minor(self) -> int:
        """What was received and not given back."""
        return self.captured_minor - self.refunded_minor

    @property
    def unreleased_minor(self) -> int:
        """What is still prepaid: received, neither released nor given back before release."""
        return (
            self.captured_minor - self.released_minor - (self.refunded_minor - self.recalled_minor)
        )


OPEN = frozenset(
    {
        PaymentState.CREATED,
        PaymentState.SESSION_OPEN,
        PaymentState.PROCESSING,
        PaymentState.AUTHORIZED,
    }
)


class PaymentEvent(Model):
    """One line of a payment's timeline; rows are only ever added."""

    __tablename__ = "payment_event"
    __table_args__ = (Index(None, "payment_id", "at"), {"info": {"append_only": True}})

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"))
    at: Mapped[datetime]
    #: A message id with its values.
    message: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)


class Refund(Entity, Model):
    """Money given back, in full or in part."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="refund_gives_something_back"),
        CheckConstraint("state <> 'failed' OR failure <> ''", name="refund_failure_has_a_reason"),
        Index(None, "payment_id"),
        Index(None, "state"),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    requested_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    reason: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[RefundState] = mapped_column(default=RefundState.REQUESTED)
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: The part that was released to the payee before.
    recalled_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Whether the books have it.
    entered: Mapped[bool] = mapped_column(default=False)
    stripe_id: Mapped[str | None] = mapped_column(String(255), default=None, unique=True)
    bank_reference: Mapped[str] = mapped_column(String(100), default="")
    failure: Mapped[str] = mapped_column(String(500), default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    #: A failed refund that a person has seen to.
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)

    payment: Mapped[Payment] = relationship(init=False, lazy="raise", viewonly=True)


class Dispute(Entity, Model):
    """A card holder's objection, decided by the bank."""

    __tablename__ = "dispute"
    __table_args__ = (Index(None, "payment_id"), Index(None, "state"))

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"))
    stripe_id: Mapped[str] = mapped_column(String(255), unique=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    opened_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    reason: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[DisputeState] = mapped_column(default=DisputeState.OPEN)
    answer_by: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)

    payment: Mapped[Payment] = relationship(init=False, lazy="raise", viewonly=True)


class BankSlip(Entity, Model):
    """A bank transfer as the payer reports it, and what the payee says to it."""

    __tablename__ = "bank_slip"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="bank_slip_has_an_amount"),
        CheckConstraint(
            "state <> 'slip_refused' OR reason <> ''", name="bank_slip_refused_with_a_reason"
        ),
        UniqueConstraint(
            "payment_id",
            "bank_reference",
            name=means(
                "bank_slip_once",
                N_("A slip with this reference was sent already."),
                field="bank_reference",
            ),
        ),
        Index(
            "one_waiting_slip_per_payment",
            "payment_id",
            unique=True,
            postgresql_where=text("state = 'slip_waiting'"),
        ),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(String(100))
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)
    state: Mapped[SlipState] = mapped_column(default=SlipState.WAITING)
    judged_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    judged_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(String(500), default="")
