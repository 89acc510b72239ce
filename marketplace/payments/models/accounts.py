"""Where an organization is paid, and what its invoices (fapiao) must say."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class InvoiceKind(LabelledEnum):
    """Kinds of VAT invoice (增值税发票)."""

    ORDINARY = "ordinary", N_("Ordinary VAT invoice")
    SPECIAL = "special", N_("Special VAT invoice")


class PayeeAccount(Entity, Model):
    """Where an organization receives money: its bank, and its account at Stripe when it has one."""

    __tablename__ = "payee_account"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), unique=True)
    account_name: Mapped[str] = mapped_column(String(120), default="")
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    account_number: Mapped[str] = mapped_column(String(40), default="")
    stripe_id: Mapped[str | None] = mapped_column(String(255), default=None, unique=True)
    #: Whether Stripe lets the account receive transfers.
    stripe_ready: Mapped[bool] = mapped_column(default=False)
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def has_bank(self) -> bool:
        """Whether a bank transfer can be made to it."""
        return bool(self.account_name and self.bank_name and self.account_number)


_SPECIAL = (
    "kind <> 'special' OR "
    "(address <> '' AND phone <> '' AND bank_name <> '' AND bank_account <> '')"
)


class InvoiceProfile(Entity, Model):
    """An organization's invoice title, kept for its next payments."""

    __tablename__ = "invoice_profile"
    __table_args__ = (CheckConstraint(_SPECIAL, name="invoice_profile_special_is_complete"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), unique=True)
    kind: Mapped[InvoiceKind]
    title: Mapped[str] = mapped_column(String(120))
    tax_number: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")


class Invoice(Entity, Model):
    """What the payee is asked to invoice for one payment, and the number once it is issued."""

    __tablename__ = "invoice"
    __table_args__ = (CheckConstraint(_SPECIAL, name="invoice_special_is_complete"),)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payment.id"), unique=True)
    kind: Mapped[InvoiceKind]
    title: Mapped[str] = mapped_column(String(120))
    tax_number: Mapped[str] = mapped_column(String(20))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    bank_name: Mapped[str] = mapped_column(String(120), default="")
    bank_account: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    invoice_number: Mapped[str] = mapped_column(String(40), default="")
    issued_at: Mapped[datetime | None] = mapped_column(default=None)
