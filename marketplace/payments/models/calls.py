"""What goes to the provider and comes from it: calls, events, balance entries."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class Operation(LabelledEnum):
    """What a call to the provider does."""

    OPEN_SESSION = "open_session", N_("Open a payment page")
    CAPTURE = "capture", N_("Capture a reserved amount")
    REFUND = "refund", N_("Refund")
    ACCOUNT = "account", N_("Open a payee account")
    TRANSFER = "transfer", N_("Transfer to a payee")


class CallState(LabelledEnum):
    """What is known of a call's outcome."""

    PREPARED = "prepared", N_("Prepared")
    SENT = "sent_call", N_("Sent off")
    DONE = "done_call", N_("Done")
    UNKNOWN = "unknown", N_("Outcome unknown")
    REFUSED = "refused_call", N_("Refused by the provider")


class StripeCall(Entity, Model):
    """A call with its own idempotency key, committed before it is made."""

    __tablename__ = "stripe_call"
    __table_args__ = (
        Index(None, "payment_id"),
        Index(
            None,
            "created_at",
            postgresql_where=text("state IN ('prepared', 'sent_call', 'unknown')"),
        ),
    )

    idempotency_key: Mapped[str] = mapped_column(String(200), unique=True)
    operation: Mapped[Operation]
    #: What is asked, in the gateway's own words; the hash shows that a repeat asks the same.
    request: Mapped[dict[str, Any]]
    request_hash: Mapped[str] = mapped_column(String(64))
    prepared_at: Mapped[datetime]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), default=None)
    refund_id: Mapped[UUID | None] = mapped_column(ForeignKey("refund.id"), default=None)
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout.id"), default=None)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("payee_account.id"), default=None)
    state: Mapped[CallState] = mapped_column(default=CallState.PREPARED)
    response: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    error: Mapped[str] = mapped_column(String(1000), default="")
    tries: Mapped[int] = mapped_column(default=0)
    #: The provider keeps a failed answer for the key: another key is needed, once a look shows
    #: that nothing happened. Each has the number of renewals at its end.
    spent: Mapped[bool] = mapped_column(default=False)
    renewed: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class InboxEvent(Model):
    """An event of the provider, stored once before anything is done about it."""

    __tablename__ = "stripe_event"
    __table_args__ = (Index(None, "received_at", postgresql_where=text("processed_at IS NULL")),)

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime]
    received_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment.id"), default=None)
    processed_at: Mapped[datetime | None] = mapped_column(default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(1000), default="")


class BalanceEntry(Model):
    """A movement on our balance at the provider, and the entries of our books that explain it."""

    __tablename__ = "balance_entry"
    __table_args__ = (
        Index(None, "made_at"),
        Index(
            "unexplained_balance_entries",
            "made_at",
            postgresql_where=text("unexplained_minor <> 0"),
        ),
    )

    id: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    fee_minor: Mapped[int] = mapped_column(BigInteger)
    net_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    made_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(255), default="")
    #: References of the entries that explain it.
    explained_by: Mapped[list[str]] = mapped_column(default_factory=list)
    unexplained_minor: Mapped[int] = mapped_column(BigInteger, default=0)


class Reconciliation(Entity, Model):
    """A day's comparison of the provider's balance with the books."""

    __tablename__ = "reconciliation"
    __table_args__ = (
        CheckConstraint("entries >= 0", name="reconciliation_counts"),
        Index(None, "run_at"),
    )

    day: Mapped[date]
    run_at: Mapped[datetime]
    entries: Mapped[int]
    net_minor: Mapped[int] = mapped_column(BigInteger)
    books_minor: Mapped[int] = mapped_column(BigInteger)
    unexplained_minor: Mapped[int] = mapped_column(BigInteger)
    #: Each difference: what, where, how much.
    differences: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every fen is explained."""
        return self.unexplained_minor == 0 and not self.differences
