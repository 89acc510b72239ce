"""Ways to pay in tests: Stripe's published test numbers and what each one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator.errors import Refused

if TYPE_CHECKING:
    from devtools.stripe_simulator.world import World

WALLETS = ("alipay", "wechat_pay")
METHODS = ("card", *WALLETS)


@dataclass(frozen=True)
class Behavior:
    """What happens when a card is charged."""

    brand: str = "visa"
    #: The error's code and decline code; none means that the charge succeeds.
    code: str | None = None
    decline: str | None = None
    message: str = "Your card was declined."
    #: Whether the buyer must authenticate first (3-D Secure).
    authenticate: bool = False
    #: Money that is available at once.
    immediate: bool = False
    #: The reason of the dispute that follows by itself.
    dispute: str | None = None
    #: "pending" (succeeds later) or "fails" (succeeds first, fails later).
    refund: str | None = None


def _declined(decline: str, code: str = "card_declined", message: str = "") -> Behavior:
    return Behavior(code=code, decline=decline, message=message or "Your card was declined.")


NUMBERS: dict[str, Behavior] = {
    "4242424242424242": Behavior(),
    "4000056655665556": Behavior(),
    "5555555555554444": Behavior("mastercard"),
    "378282246310005": Behavior("amex"),
    "6200000000000005": Behavior("unionpay"),
    "4000000000000002": _declined("generic_decline"),
    "4000000000000341": _declined("generic_decline"),
    "4000000000009995": _declined(
        "insufficient_funds", message="Your card has insufficient funds."
    ),
    "4000000000009987": _declined("lost_card"),
    "4000000000009979": _declined("stolen_card"),
    "4000000000000069": _declined("expired_card", "expired_card", "Your card has expired."),
    "4000000000000127": _declined(
        "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."
    ),
    "4000000000000119": _declined(
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "4000002500003155": Behavior(authenticate=True),
    "4000002760003184": Behavior(authenticate=True),
    "4000000000003220": Behavior(authenticate=True),
    "4000008400001629": Behavior(
        authenticate=True, code="card_declined", decline="generic_decline"
    ),
    "4000008260003178": Behavior(
        authenticate=True,
        code="card_declined",
        decline="insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    "4000000000000077": Behavior(immediate=True),
    "4000000000000259": Behavior(dispute="fraudulent"),
    "4000000000002685": Behavior(dispute="product_not_received"),
    "4000000000007726": Behavior(refund="pending"),
    "4000000000005126": Behavior(refund="fails"),
}
#: Names that stand for cards in calls, as in Stripe's documentation.
TOKENS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_amex": "378282246310005",
    "pm_card_unionpay": "6200000000000005",
    "pm_card_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_chargeCustomerFail": "4000000000000341",
    "pm_card_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_chargeDeclinedIncorrectCvc": "4000000000000127",
    "pm_card_chargeDeclinedProcessingError": "4000000000000119",
    "pm_card_threeDSecure2Required": "4000000000003220",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_createDisputeProductNotReceived": "4000000000002685",
    "pm_card_pendingRefund": "4000000000007726",
    "pm_card_refundFail": "4000000000005126",
}
UNKNOWN_CARD = Behavior(
    code="card_declined",
    decline="test_mode_live_card",
    message="Your card was declined. Only test cards pay here.",
)


def behavior(number: str) -> Behavior:
    """Say what a card does."""
    return NUMBERS.get(number, UNKNOWN_CARD)


def is_number(number: str) -> bool:
    """Say whether the check digit of a card number is right (Luhn)."""
    if not number.isdigit() or not 12 <= len(number) <= 19:  # noqa: PLR2004 - lengths of cards
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - sum of the digits
    return total % 10 == 0


def billing(details: dict[str, Any]) -> dict[str, Any]:
    """Write who pays, as far as it is known."""
    parts = ("city", "country", "line1", "line2", "postal_code", "state")
    unknown = {"email": None, "name": None, "phone": None, "tax_id": None}
    return {"address": dict.fromkeys(parts), **unknown, **details}


def make_method(
    world: World, kind: str, number: str = "4242424242424242", details: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Make a way to pay: a card by its number, or a wallet."""
    method: dict[str, Any] = {
        "id": world.new_id("pm_"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing(details or {}),
        "created": world.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
    }
    if kind == "card":
        does = behavior(number)
        method["_number"] = number
        method["card"] = {
            "brand": does.brand,
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "CN" if does.brand == "unionpay" else "US",
            "display_brand": does.brand if does.brand != "amex" else "american_express",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": f"simulated{number[-4:]}",
            "funding": "credit",
            "generated_from": None,
            "last4": number[-4:],
            "networks": {"available": [does.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        }
    else:
        method[kind] = {}
    return world.store.put(method)


def find_method(world: World, wanted: str) -> dict[str, Any]:
    """Find a way to pay by id, or by one of the names for tests."""
    if wanted in TOKENS:
        return make_method(world, "card", TOKENS[wanted])
    return world.need("payment_method", wanted, None, param="payment_method", status=400)


def declined(does: Behavior, **more: Any) -> Refused:  # noqa: ANN401 - objects of the attempt
    """Answer that a card was declined."""
    return Refused(
        does.message,
        status=402,
        kind="card_error",
        code=does.code,
        decline_code=does.decline,
        **more,
    )


def used(method: dict[str, Any], *, captured_by: int | None, manual: bool) -> dict[str, Any]:
    """Tell on a charge how it was paid (``payment_method_details``)."""
    kind = method["type"]
    if kind == "alipay":
        return {
            "type": kind,
            "alipay": {"buyer_id": "2088000000000001", "fingerprint": None, "transaction_id": None},
        }
    if kind == "wechat_pay":
        return {
            "type": kind,
            "wechat_pay": {"fingerprint": None, "transaction_id": None},
        }
    card = method["card"]
    unavailable = {"status": "unavailable"}
    details = {
        "amount_authorized": None,
        "authorization_code": None,
        "brand": card["brand"],
        "checks": card["checks"],
        "country": card["country"],
        "exp_month": card["exp_month"],
        "exp_year": card["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": card["fingerprint"],
        "funding": card["funding"],
        "incremental_authorization": unavailable,
        "installments": None,
        "last4": card["last4"],
        "mandate": None,
        "multicapture": unavailable,
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": 0, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }
    if manual:
        details["capture_before"] = captured_by
    return {"type": "card", "card": details}
