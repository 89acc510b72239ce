"""Transactions, their lines, and the chain that seals them; rows are only ever added."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Model


class Account(LabelledEnum):
    """Where money stands; a debit is positive, a credit negative.

    ``owner_id`` of a line names the organization (or person) whose part of the account it is.
    """

    STRIPE_CLEARING = "stripe_clearing", N_("Held by the payment provider")
    BANK = "bank", N_("Platform's bank account")
    DIRECT_BANK = "direct_bank", N_("Paid straight to the payee's bank")
    PREPAID = "prepaid", N_("Prepaid, not yet released")
    PROVIDER_PAYABLE = "provider_payable", N_("Owed to the provider")
    PROVIDER_RECEIVABLE = "provider_receivable", N_("Owed by the provider")
    COMMISSION_INCOME = "commission_income", N_("Platform commission")
    TAX_PAYABLE = "tax_payable", N_("Tax on the commission")
    PAYMENT_FEES = "payment_fees", N_("Fees of the payment provider")
    DISPUTE_HOLD = "dispute_hold", N_("Held back by a dispute")
    # Contracts between two organizations: what fell due, as claim of one and debt of the other.
    CONTRACT_CLAIM = "contract_claim", N_("Claims under contracts")
    CONTRACT_DEBT = "contract_debt", N_("Debts under contracts")
    # What a supplier received and may keep, and where that came from.
    CONTRACT_CASH = "contract_cash", N_("Received under contracts")
    CONTRACT_INCOME = "contract_income", N_("Income from contracts, not yet shared out")
    # Damages for lateness, not income from the technology: never shared out.
    INTEREST_INCOME = "interest_income", N_("Interest on late payments")
    # Shares of a university's income; a person's stands under the share, the rest under itself.
    INCOME_COST = "income_cost", N_("Direct costs of contracts")
    AWARD_PAYABLE = "award_payable", N_("Awards owed to people")
    COLLEGE_SHARE = "college_share", N_("Colleges' part of income")
    UNIVERSITY_SHARE = "university_share", N_("Institution's part of income")
    # A technology manager's commission; claim, cash and income belong to the manager's person.
    FEE_CLAIM = "fee_claim", N_("Commissions to be received")
    FEE_DEBT = "fee_debt", N_("Commissions owed")
    FEE_CASH = "fee_cash", N_("Commissions received")
    FEE_INCOME = "fee_income", N_("Income from commissions")


class TransactionKind(LabelledEnum):
    """Why money moved."""

    CAPTURE = "capture", N_("Payment received")
    FEE = "fee", N_("Payment fee")
    RELEASE = "release", N_("Service accepted")
    REFUND = "refund", N_("Refund made")
    DISPUTE = "dispute", N_("Dispute of a card payment")
    PAYOUT = "payout", N_("Paid out")
    TRANSFER = "transfer", N_("Moved to the bank")
    REVERSAL = "reversal", N_("Reversed entry")
    OWED = "owed", N_("Fell due")
    MET = "met", N_("Paid against a debt")
    DROPPED = "dropped", N_("Debt dropped")
    INCOME = "income", N_("Income earned")
    SPLIT = "split", N_("Income shared out")
    AWARD = "award", N_("Award paid out")


#: Deferred: a transaction is judged when all its lines and its seal are there.
_BALANCED = """
CREATE FUNCTION ledger_require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
    lines integer;
BEGIN
    IF TG_TABLE_NAME = 'ledger_line' THEN
        checked := NEW.transaction_id;
    ELSE
        checked := NEW.id;
    END IF;
    SELECT count(*) INTO lines FROM ledger_line WHERE transaction_id = checked;
    IF lines < 2 THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'ledger_has_two_lines',
            MESSAGE = 'a ledger transaction has at least two lines';
    END IF;
    IF EXISTS (
        SELECT 1 FROM ledger_line WHERE transaction_id = checked
        GROUP BY currency HAVING sum(amount_minor) <> 0
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'ledger_sums_to_zero',
            MESSAGE = 'the lines of a ledger transaction sum to zero in each currency';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM ledger_seal WHERE transaction_id = checked) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'ledger_is_sealed',
            MESSAGE = 'a ledger transaction has its place in the chain';
    END IF;
    RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE CONSTRAINT TRIGGER {table}_balances AFTER INSERT ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_require_balance()
"""


class Transaction(Model):
    """One movement of money; ``reference`` makes posting the same fact twice harmless."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        UniqueConstraint(
            "reference",
            name=means("ledger_reference_once", N_("This has been entered in the books already.")),
        ),
        Index(None, "object_kind", "object_id"),
        Index(None, "at"),
        {"info": {"append_only": True}},
    )

    kind: Mapped[TransactionKind]
    reference: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    memo: Mapped[str] = mapped_column(String(300), default="")
    object_kind: Mapped[str] = mapped_column(String(40), default="")
    object_id: Mapped[UUID | None] = mapped_column(default=None)
    reverses_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("ledger_transaction.id"), default=None, unique=True
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)


class Line(Model):
    """One side of a transaction, in minor units; debit positive, credit negative."""

    __tablename__ = "ledger_line"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="ledger_line_moves_money"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="ledger_line_currency_is_a_code"),
        Index(None, "owner_id", "account"),
        Index(None, "account", "currency"),
        {
            "info": {
                "append_only": True,
                "after": (
                    _BALANCED,
                    _TRIGGER.format(table="ledger_transaction"),
                    _TRIGGER.format(table="ledger_line"),
                ),
            }
        },
    )

    transaction_id: Mapped[UUID] = mapped_column(
        ForeignKey("ledger_transaction.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    account: Mapped[Account]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    owner_id: Mapped[UUID | None] = mapped_column(default=None)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")


class Seal(Model):
    """A transaction's place in the chain, written with the commit."""

    __tablename__ = "ledger_seal"
    __table_args__ = (
        UniqueConstraint("transaction_id", name="ledger_sealed_once"),
        {"info": {"append_only": True}},
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transaction.id"))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Head(Model):
    """How long the chain is and where it ends, so that a cut tail is noticed."""

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("id = 1", name="ledger_head_is_one_row"),)

    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1)
