"""What people are told about payments."""

from __future__ import annotations

from marketplace.core.messages import N_
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import Topic


def _topic(key: str, message: str) -> Topic:
    return Topic(key, NoticeGroup.PAYMENTS, message)


REQUESTED = _topic("payment.requested", N_("“%(title)s” is to be paid: %(amount)s."))
PAID = _topic("payment.captured", N_("“%(title)s” is paid: %(amount)s."))
NOT_HONORED = _topic(
    "payment.not_honored",
    N_("The payment for “%(title)s” came too late; %(amount)s goes back by itself."),
)
ENDED = _topic("payment.ended", N_("The payment for “%(title)s” ended: %(state)s."))
TRANSFER_RECORDED = _topic(
    "payment.transfer_recorded",
    N_("A bank transfer of %(amount)s for “%(title)s” was reported. Say whether it arrived."),
)
TRANSFER_REFUSED = _topic(
    "payment.transfer_refused",
    N_("The payee did not find your bank transfer for “%(title)s”."),
)
DISPUTED = _topic(
    "payment.disputed", N_("The card holder disputes the payment for “%(title)s” (%(amount)s).")
)
DISPUTE_ENDED = _topic(
    "payment.dispute_ended", N_("The dispute about “%(title)s” has ended: %(state)s.")
)
REFUND_ORDERED = _topic("refund.ordered", N_("%(amount)s of “%(title)s” goes back to the payer."))
REFUND_FAILED = _topic(
    "refund.failed", N_("A refund of %(amount)s for “%(title)s” failed and waits for you.")
)
PAYOUT_PAID = _topic("payout.paid", N_("%(amount)s was paid out to you (%(number)s)."))
PAYOUT_RETURNED = _topic(
    "payout.returned", N_("The payout %(number)s of %(amount)s did not arrive: %(reason)s")
)
