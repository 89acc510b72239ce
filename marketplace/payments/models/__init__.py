"""Tables of payments, by noun."""

from marketplace.payments.models.accounts import (
    Invoice,
    InvoiceKind,
    InvoiceProfile,
    PayeeAccount,
)
from marketplace.payments.models.calls import (
    BalanceEntry,
    CallState,
    InboxEvent,
    Operation,
    Reconciliation,
    StripeCall,
)
from marketplace.payments.models.payment import (
    BankSlip,
    Dispute,
    DisputeState,
    Method,
    Payment,
    PaymentEvent,
    PaymentState,
    Purpose,
    Refund,
    RefundState,
    SlipState,
)
from marketplace.payments.models.payout import Payout, PayoutState, Provider, Transfer

__all__ = [
    "BalanceEntry",
    "BankSlip",
    "CallState",
    "Dispute",
    "DisputeState",
    "InboxEvent",
    "Invoice",
    "InvoiceKind",
    "InvoiceProfile",
    "Method",
    "Operation",
    "PayeeAccount",
    "Payment",
    "PaymentEvent",
    "PaymentState",
    "Payout",
    "PayoutState",
    "Provider",
    "Purpose",
    "Reconciliation",
    "Refund",
    "RefundState",
    "SlipState",
    "StripeCall",
    "Transfer",
]
