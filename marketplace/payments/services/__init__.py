"""Use cases of payments; other domains call the names gathered here."""

from marketplace.payments.services.receiving import cancel, capture
from marketplace.payments.services.refunds import refund
from marketplace.payments.services.releasing import release
from marketplace.payments.services.requests import request
from marketplace.payments.services.slips import confirm_transfer, record_transfer, refuse_transfer

__all__ = [
    "cancel",
    "capture",
    "confirm_transfer",
    "record_transfer",
    "refund",
    "refuse_transfer",
    "release",
    "request",
]
