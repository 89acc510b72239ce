"""Refunds: at once for cards, later for Alipay and WeChat Pay, and those that fail."""

from __future__ import annotations

from typing import Any

from devtools.stripe_simulator import cards
from devtools.stripe_simulator.errors import BadParameters, Refused
from devtools.stripe_simulator.fields import AMOUNT, METADATA, SPAN, TEXT, YES_NO, choice
from devtools.stripe_simulator.lists import answer_page
from devtools.stripe_simulator.nouns.balance import DAY, move
from devtools.stripe_simulator.nouns.charges import change
from devtools.stripe_simulator.operations import Call, operation
from devtools.stripe_simulator.world import World, timer

CREATES = {
    "charge": TEXT,
    "payment_intent": TEXT,
    "amount": AMOUNT,
    "reason": choice("duplicate", "fraudulent", "requested_by_customer"),
    "metadata": METADATA,
    "instructions_email": TEXT,
    "refund_application_fee": YES_NO,
}
#: Until when a wallet gives money back.
LATEST = {"alipay": 90 * DAY, "wechat_pay": 180 * DAY}


@operation("POST", "/v1/refunds", CREATES)
def create(call: Call) -> dict[str, Any]:
    """Give money back, all that is left or a part; never more than was taken."""
    given = call.values
    charge = _charge(call)
    if not charge["paid"] or not charge["captured"]:
        raise Refused(
            f"This PaymentIntent ({charge['payment_intent']}) does not have a successful charge "
            "to refund.",
            param="payment_intent" if given.get("payment_intent") else "charge",
        )
    if charge["disputed"] and charge["_lost_to_dispute"]:
        raise Refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left <= 0:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = given.get("amount", left)
    if amount > left:
        raise Refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    latest = LATEST.get(charge["payment_method_details"]["type"])
    if latest and call.world.now() > charge["created"] + latest:
        raise Refused("This charge is too old to be refunded.", code="charge_not_refundable")
    return make(call.world, charge, amount, given, call.account)


def _charge(call: Call) -> dict[str, Any]:
    given = call.values
    if given.get("charge"):
        return call.world.need("charge", given["charge"], call.account, param="charge", status=404)
    if not given.get("payment_intent"):
        raise BadParameters(
            "One of the following params should be provided for this request: payment_intent or "
            "charge."
        )
    intent = call.world.need(
        "payment_intent", given["payment_intent"], call.account, param="payment_intent"
    )
    if not intent["latest_charge"]:
        raise Refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            param="payment_intent",
        )
    return call.world.need("charge", intent["latest_charge"], call.account)


def make(
    world: World, charge: dict[str, Any], amount: int, given: dict[str, Any], account: str
) -> dict[str, Any]:
    """Make a refund and book it; what happens later is set on timers."""
    wallet = charge["_wallet"]
    kind = charge["payment_method_details"]["type"]
    does = cards.behavior(charge["_number"]) if charge["_number"] else cards.Behavior()
    pending = wallet or does.refund == "pending"
    details: dict[str, Any] = {"type": kind}
    details[kind] = (
        {}
        if wallet
        else {
            "reference_status": "pending",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        }
    )
    refund = {
        "id": world.new_id("pyr_" if wallet else "re_"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": details,
        "metadata": given.get("metadata") or {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    }
    if pending:
        refund["pending_reason"] = "processing"
    moved = move(
        world,
        "payment_refund" if wallet else "refund",
        refund["id"],
        -amount,
        charge["currency"],
        account=account,
        description=f"REFUND FOR CHARGE ({charge['description'] or charge['id']})",
    )
    refund["balance_transaction"] = moved["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] >= charge["amount_captured"]
    world.store.put(refund, account)
    world.store.put(charge, account)
    world.tell("refund.created", refund, account)
    world.tell("charge.refunded", charge, account)
    if does.refund == "fails":
        world.schedule(world.settings.refund_seconds, "refund.fail", refund["id"])
    elif pending:
        world.schedule(world.settings.refund_seconds, "refund.succeed", refund["id"])
    return refund


@timer("refund.succeed")
def succeed(world: World, found_id: str) -> None:
    """Let a pending refund arrive."""
    refund = world.need("refund", found_id, None)
    if refund["status"] != "pending":
        return
    account = world.store.owner(found_id)
    refund["status"] = "succeeded"
    refund.pop("pending_reason", None)
    world.store.put(refund, account)
    _tell_changed(world, refund, account)


@timer("refund.fail")
def fail(world: World, found_id: str, reason: str = "expired_or_canceled_card") -> None:
    """Let a refund come back: the money is ours again and somebody must see to it."""
    refund = world.need("refund", found_id, None)
    if refund["status"] not in {"pending", "succeeded"}:
        return
    account = world.store.owner(found_id)
    world.unschedule("refund.succeed", found_id)
    charge = world.need("charge", refund["charge"], account)
    wallet = charge["_wallet"]
    moved = move(
        world,
        "payment_failure_refund" if wallet else "refund_failure",
        refund["id"],
        refund["amount"],
        refund["currency"],
        account=account,
        description=f"REFUND FAILURE FOR {refund['id']}",
    )
    refund.update(status="failed", failure_reason=reason, failure_balance_transaction=moved["id"])
    refund.pop("pending_reason", None)
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.store.put(refund, account)
    world.store.put(charge, account)
    _tell_changed(world, refund, account)
    world.tell("refund.failed", refund, account)


def _tell_changed(world: World, refund: dict[str, Any], account: str) -> None:
    world.tell("refund.updated", refund, account)
    world.tell("charge.refund.updated", refund, account)


@operation("GET", "/v1/refunds/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """Give a refund."""
    return call.own("refund")


@operation("POST", "/v1/refunds/{id}", {"metadata": METADATA})
def update(call: Call) -> dict[str, Any]:
    """Change a refund's metadata."""
    refund = call.own("refund")
    change(refund, call.values)
    call.tell("refund.updated", refund)
    return call.keep(refund)


@operation(
    "GET", "/v1/refunds", {"charge": TEXT, "payment_intent": TEXT, "created": SPAN}, listing=True
)
def list_refunds(call: Call) -> dict[str, Any]:
    """List refunds."""
    given = call.values
    return answer_page(
        call,
        "refund",
        "/v1/refunds",
        charge=given.get("charge"),
        payment_intent=given.get("payment_intent"),
    )
