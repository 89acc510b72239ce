"""Charges: one try to take money each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator import cards
from devtools.stripe_simulator.fields import METADATA, SPAN, TEXT
from devtools.stripe_simulator.lists import answer_page
from devtools.stripe_simulator.nouns.balance import DAY, move
from devtools.stripe_simulator.operations import Call, operation

if TYPE_CHECKING:
    from devtools.stripe_simulator.world import World

#: How long a card's hold lasts.
HOLD_SECONDS = 7 * DAY


def blank(world: World, charge_id: str, amount: int, currency: str) -> dict[str, Any]:
    """Write a charge with nothing in it."""
    nothing = (
        "application",
        "application_fee",
        "application_fee_amount",
        "balance_transaction",
        "customer",
        "description",
        "failure_balance_transaction",
        "failure_code",
        "failure_message",
        "on_behalf_of",
        "outcome",
        "payment_intent",
        "payment_method",
        "payment_method_details",
        "receipt_email",
        "receipt_number",
        "receipt_url",
        "review",
        "shipping",
        "source_transfer",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    )
    return {
        "id": charge_id,
        "object": "charge",
        "amount": amount,
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": cards.billing({}),
        "calculated_statement_descriptor": "HANQIAO TEST",
        "captured": False,
        "created": world.now(),
        "currency": currency,
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": {},
        "paid": True,
        "refunded": False,
        "status": "succeeded",
        **dict.fromkeys(nothing),
        "_number": "",
        "_wallet": True,
        "_lost_to_dispute": False,
    }


def make(
    world: World,
    intent: dict[str, Any],
    method: dict[str, Any],
    does: cards.Behavior,
    account: str,
) -> dict[str, Any]:
    """Make the charge of an attempt, failed when the card declines; keep it, tell nobody yet."""
    wallet = method["type"] != "card"
    charge = blank(
        world, world.new_id("py_" if wallet else "ch_"), intent["amount"], intent["currency"]
    )
    same = (
        "description",
        "receipt_email",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    )
    charge.update({name: intent[name] for name in same})
    charge.update(
        billing_details=method["billing_details"],
        failure_code=does.code,
        failure_message=does.message if does.code else None,
        metadata=dict(intent["metadata"]),
        outcome=outcome(does),
        paid=does.code is None,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=cards.used(
            method,
            captured_by=world.now() + HOLD_SECONDS,
            manual=intent["capture_method"] == "manual",
        ),
        status="failed" if does.code else "succeeded",
        _number=method.get("_number", ""),
        _wallet=wallet,
    )
    return world.store.put(charge, account)


def arrive(world: World, transfer: dict[str, Any], moved: dict[str, Any]) -> None:
    """Make the payment that a transfer is in its payee's account."""
    found_id, amount = transfer["destination_payment"], transfer["amount"]
    charge = blank(world, found_id, amount, transfer["currency"])
    charge.update(
        amount_captured=amount,
        balance_transaction=moved["id"],
        captured=True,
        source_transfer=transfer["id"],
        transfer_group=transfer["transfer_group"],
    )
    world.store.put(charge, transfer["destination"])


def outcome(does: cards.Behavior) -> dict[str, Any]:
    """Tell what the network said."""
    if does.code is None:
        return {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": None,
            "network_status": "approved_by_network",
            "reason": None,
            "risk_level": "normal",
            "risk_score": 20,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }
    return {
        "advice_code": "try_again_later",
        "network_advice_code": None,
        "network_decline_code": "05",
        "network_status": "declined_by_network",
        "reason": does.decline,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": "The bank did not return any further details with this decline.",
        "type": "issuer_declined",
    }


def capture(world: World, charge: dict[str, Any], amount: int, account: str) -> dict[str, Any]:
    """Take the money of a charge, all or a part, and book it with its fee."""
    settings = world.settings
    wallet = charge["_wallet"]
    points = settings.wallet_fee_bp if wallet else settings.card_fee_bp
    fixed = settings.wallet_fee_fixed if wallet else settings.card_fee_fixed
    does = cards.behavior(charge["_number"]) if charge["_number"] else cards.Behavior()
    moved = move(
        world,
        "payment" if wallet else "charge",
        charge["id"],
        amount,
        charge["currency"],
        account=account,
        fee=min(amount, (amount * points + 5_000) // 10_000 + fixed),
        after=0 if does.immediate else settings.settle_days * DAY,
        description=charge["description"],
    )
    charge.update(captured=True, amount_captured=amount, balance_transaction=moved["id"])
    world.store.put(charge, account)
    if does.dispute:
        world.schedule(0, "dispute.open", charge["id"])
    return charge


@operation("GET", "/v1/charges/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """Give a charge."""
    charge = call.own("charge")
    found = call.world.store.find("refund", call.account, charge=charge["id"])
    charge["_refunds"] = {
        "object": "list",
        "data": found,
        "has_more": False,
        "url": f"/v1/charges/{charge['id']}/refunds",
    }
    return charge


@operation(
    "POST", "/v1/charges/{id}", {"metadata": METADATA, "description": TEXT, "transfer_group": TEXT}
)
def update(call: Call) -> dict[str, Any]:
    """Change what may be changed of a charge."""
    charge = call.own("charge")
    change(charge, call.values)
    call.tell("charge.updated", charge)
    return call.keep(charge)


@operation(
    "GET",
    "/v1/charges",
    {"payment_intent": TEXT, "transfer_group": TEXT, "customer": TEXT, "created": SPAN},
    listing=True,
)
def list_charges(call: Call) -> dict[str, Any]:
    """List charges."""
    given = call.values
    return answer_page(
        call,
        "charge",
        "/v1/charges",
        payment_intent=given.get("payment_intent"),
        transfer_group=given.get("transfer_group"),
        customer=given.get("customer"),
    )


def change(thing: dict[str, Any], values: dict[str, Any]) -> None:
    """Put given values on an object; metadata is merged, an empty value takes its key away."""
    for name, value in values.items():
        if name == "expand":
            continue
        if name != "metadata":
            thing[name] = value or None
        elif value is None:
            thing["metadata"] = {}
        else:
            merged = {**thing["metadata"], **value}
            thing["metadata"] = {key: inner for key, inner in merged.items() if inner != ""}
