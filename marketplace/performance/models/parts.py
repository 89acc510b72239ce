"""Parts in which something owed is paid; each is one payment of the payments domain."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.model import Entity, Model
from marketplace.payments.models import Purpose


class PaymentPart(Entity, Model):
    """A sum asked for out of a milestone, a royalty statement or a commission.

    Its id is the ``purpose_id`` of the payment.
    """

    __tablename__ = "payment_part"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="payment_part_has_an_amount"),
        CheckConstraint(
            "settled_at IS NULL OR ended_at IS NULL", name="payment_part_is_settled_or_ended"
        ),
        CheckConstraint("net_minor BETWEEN 0 AND amount_minor", name="payment_part_net_within"),
        CheckConstraint(
            "refunded_minor BETWEEN 0 AND amount_minor", name="payment_part_refund_within"
        ),
        CheckConstraint(
            "recalled_minor BETWEEN 0 AND coalesce(net_minor, 0)",
            name="payment_part_recall_within",
        ),
        Index(None, "subject_id"),
        Index(None, "deal_id"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    purpose: Mapped[Purpose]
    #: The milestone, statement or commission.
    subject_id: Mapped[UUID]
    payer_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), default=None)
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    #: What the payee keeps of it after release, the platform's commission taken off.
    net_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    refunded_at: Mapped[datetime | None] = mapped_column(default=None)
    #: What of it went back or is on its way back to the payer.
    refunded_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    #: What of ``net_minor`` was taken back from the payee with it.
    recalled_minor: Mapped[int] = mapped_column(BigInteger, default=0)
