"""How an intent moves: an attempt, the buyer's authentication, capture, release, and the end."""

from __future__ import annotations

from typing import Any

from devtools.stripe_simulator import cards
from devtools.stripe_simulator.errors import BadParameters
from devtools.stripe_simulator.nouns import charges
from devtools.stripe_simulator.world import World, timer

AUTHENTICATION_FAILED = cards.Behavior(
    code="payment_intent_authentication_failure",
    message=(
        "We are unable to authenticate your payment method. Please choose a different payment "
        "method and try again."
    ),
)
WALLET_FAILED = cards.Behavior(
    code="payment_intent_payment_attempt_failed", message="The payment failed."
)


def attempt(
    world: World,
    intent: dict[str, Any],
    method: dict[str, Any],
    account: str,
    *,
    authenticated: bool = False,
    later: bool = False,
) -> dict[str, Any]:
    """Try to pay: succeeds, asks for the buyer's action, or raises the decline.

    ``authenticated`` says that the buyer has done their part; ``later`` leaves the payment
    processing for a while.
    """
    kind = method["type"]
    if kind not in intent["payment_method_types"]:
        raise BadParameters(
            f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Allowed "
            f"types: {', '.join(intent['payment_method_types'])}.",
            param="payment_method",
        )
    does = cards.behavior(method["_number"]) if kind == "card" else cards.Behavior()
    intent["payment_method"] = method["id"]
    if not authenticated and (does.authenticate or kind in cards.WALLETS):
        return _ask_buyer(world, intent, kind, account)
    intent["next_action"] = None
    if does.code:
        raise_declined(world, intent, method, does, account)
    intent["last_payment_error"] = None
    if later:
        intent["status"] = "processing"
        world.store.put(intent, account)
        world.tell("payment_intent.processing", intent, account)
        world.schedule(world.settings.processing_seconds, "intent.settle", intent["id"])
        return intent
    return _succeed(world, intent, method, does, account)


def _ask_buyer(world: World, intent: dict[str, Any], kind: str, account: str) -> dict[str, Any]:
    """Send the buyer to a page of the simulator: the bank's, Alipay's or WeChat's."""
    url = f"{world.base}/pay/{intent['id']}/confirm"
    intent["status"] = "requires_action"
    if kind == "alipay":
        action = {
            "type": "alipay_handle_redirect",
            "alipay_handle_redirect": {
                "native_data": None,
                "native_url": None,
                "return_url": intent["_return_url"],
                "url": url,
            },
        }
    elif kind == "wechat_pay":
        action = {
            "type": "wechat_pay_display_qr_code",
            "wechat_pay_display_qr_code": {
                "data": url,
                "hosted_instructions_url": url,
                "image_data_url": "",
                "image_url_png": f"{world.base}/pay/{intent['id']}/code.png",
                "image_url_svg": f"{world.base}/pay/{intent['id']}/code.svg",
            },
        }
    else:
        action = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": intent["_return_url"], "url": url},
        }
    intent["next_action"] = action
    world.store.put(intent, account)
    world.tell("payment_intent.requires_action", intent, account)
    return intent


def raise_declined(
    world: World,
    intent: dict[str, Any],
    method: dict[str, Any],
    does: cards.Behavior,
    account: str,
) -> None:
    """Keep the failed charge, go back to the choice of a way to pay, and raise the decline."""
    charge = charges.make(world, intent, method, does, account)
    error = cards.declined(does, charge=charge["id"], payment_method=method)
    intent.update(
        status="requires_payment_method",
        last_payment_error=dict(error.body),
        latest_charge=charge["id"],
        payment_method=None,
        next_action=None,
    )
    world.store.put(intent, account)
    world.tell("charge.failed", charge, account)
    world.tell("payment_intent.payment_failed", intent, account)
    raise cards.declined(does, charge=charge["id"], payment_intent=intent, payment_method=method)


def _succeed(
    world: World,
    intent: dict[str, Any],
    method: dict[str, Any],
    does: cards.Behavior,
    account: str,
) -> dict[str, Any]:
    charge = charges.make(world, intent, method, does, account)
    intent["latest_charge"] = charge["id"]
    if intent["capture_method"] == "manual":
        intent.update(status="requires_capture", amount_capturable=intent["amount"])
        world.schedule(charges.HOLD_SECONDS, "intent.lapse", intent["id"])
        happened = "payment_intent.amount_capturable_updated"
    else:
        charges.capture(world, charge, intent["amount"], account)
        intent.update(status="succeeded", amount_received=intent["amount"])
        happened = "payment_intent.succeeded"
    world.store.put(intent, account)
    world.tell("charge.succeeded", charge, account)
    world.tell(happened, intent, account)
    return intent


def capture(world: World, intent: dict[str, Any], amount: int, account: str) -> dict[str, Any]:
    """Take a part or all of what is held."""
    charge = world.need("charge", intent["latest_charge"], account)
    charges.capture(world, charge, amount, account)
    world.unschedule("intent.lapse", intent["id"])
    intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
    world.store.put(intent, account)
    world.tell("charge.captured", charge, account)
    world.tell("payment_intent.succeeded", intent, account)
    return intent


def cancel(
    world: World, intent: dict[str, Any], account: str, reason: str | None
) -> dict[str, Any]:
    """End an intent without money; a hold is let go."""
    if intent["status"] == "requires_capture":
        charge = world.need("charge", intent["latest_charge"], account)
        charge.update(refunded=True, amount_refunded=charge["amount"])
        world.store.put(charge, account)
        world.tell(
            "charge.expired" if reason == "automatic" else "charge.refunded", charge, account
        )
    for name in ("intent.lapse", "intent.settle", "intent.fail"):
        world.unschedule(name, intent["id"])
    intent.update(
        status="canceled",
        canceled_at=world.now(),
        cancellation_reason=reason,
        amount_capturable=0,
        next_action=None,
    )
    world.store.put(intent, account)
    world.tell("payment_intent.canceled", intent, account)
    return intent


@timer("intent.lapse")
def lapse(world: World, found_id: str) -> None:
    """Let a hold go that nobody captured in time."""
    intent = world.need("payment_intent", found_id, None)
    if intent["status"] == "requires_capture":
        cancel(world, intent, world.store.owner(found_id), "automatic")


@timer("intent.settle")
def settle(world: World, found_id: str) -> None:
    """Let a payment that was processing succeed."""
    intent = world.need("payment_intent", found_id, None)
    if intent["status"] != "processing":
        return
    account = world.store.owner(found_id)
    method = world.need("payment_method", intent["payment_method"], None)
    _succeed(world, intent, method, cards.Behavior(), account)
    if intent["_session"]:
        session = world.need("checkout.session", intent["_session"], None)
        session["payment_status"] = "paid"
        world.store.put(session, account)
        world.tell("checkout.session.async_payment_succeeded", session, account)
