"""Transfers to the accounts of payees, and their reversals."""

from __future__ import annotations

from typing import Any

from devtools.stripe_simulator.errors import Refused
from devtools.stripe_simulator.fields import AMOUNT, METADATA, SPAN, TEXT, YES_NO, choice
from devtools.stripe_simulator.lists import answer_page, listed
from devtools.stripe_simulator.nouns.balance import available, move
from devtools.stripe_simulator.nouns.charges import arrive, change
from devtools.stripe_simulator.operations import Call, operation

CREATES = {
    "amount": AMOUNT,
    "currency": TEXT.needed,
    "destination": TEXT.needed,
    "description": TEXT,
    "metadata": METADATA,
    "source_transaction": TEXT,
    "source_type": choice("bank_account", "card", "fpx"),
    "transfer_group": TEXT,
}


@operation("POST", "/v1/transfers", CREATES)
def create(call: Call) -> dict[str, Any]:
    """Move money to a payee's account: from what is available, or from one charge."""
    world, given = call.world, call.values
    payee = world.need("account", given["destination"], "", param="destination", status=400)
    if payee["capabilities"].get("transfers") != "active":
        raise Refused(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    currency = given["currency"].lower()
    charge, after = None, 0
    if given.get("source_transaction"):
        charge = world.need("charge", given["source_transaction"], "", param="source_transaction")
        after = _check_charge(call, charge)
    amount = given.get("amount") or (charge["amount_captured"] if charge else 0)
    if charge is None and amount > available(world, "", currency):
        raise Refused(
            "You have insufficient available funds in your Stripe account. Try adding funds "
            "directly to your available balance by creating Charges using the "
            "4000000000000077 test card.",
            code="balance_insufficient",
        )
    transfer = _write(call, amount, currency, charge)
    if charge is not None:
        charge["_moved_on"] = charge.get("_moved_on", 0) + amount
        world.store.put(charge)
    moved = move(world, "transfer", transfer["id"], -amount, currency, after=after)
    arrived = move(
        world,
        "payment",
        transfer["destination_payment"],
        amount,
        currency,
        account=payee["id"],
        after=after,
        category="charge",
    )
    arrive(world, transfer, arrived)
    transfer.update(balance_transaction=moved["id"], _arrived=arrived["id"])
    call.tell("transfer.created", transfer)
    return call.keep(transfer)


def _check_charge(call: Call, charge: dict[str, Any]) -> int:
    """Refuse more than a charge brought; answer for how long its money is pending."""
    wanted = call.values.get("amount") or charge["amount_captured"]
    if not charge["captured"] or wanted > charge["amount_captured"] - charge.get("_moved_on", 0):
        raise Refused(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{charge['amount_captured']}.",
            code="balance_insufficient",
            param="amount",
        )
    moved = call.world.need("balance_transaction", charge["balance_transaction"])
    return int(max(0, moved["available_on"] - call.world.now()))


def _write(call: Call, amount: int, currency: str, charge: dict[str, Any] | None) -> dict[str, Any]:
    given, found_id = call.values, call.world.new_id("tr_")
    wanted = given.get("transfer_group") or (charge or {}).get("transfer_group")
    return {
        "id": found_id,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": None,
        "created": call.world.now(),
        "currency": currency,
        "description": given.get("description"),
        "destination": given["destination"],
        "destination_payment": call.world.new_id("py_"),
        "livemode": False,
        "metadata": given.get("metadata") or {},
        "reversals": listed([], f"/v1/transfers/{found_id}/reversals"),
        "reversed": False,
        "source_transaction": given.get("source_transaction"),
        "source_type": given.get("source_type", "card"),
        "transfer_group": wanted,
    }


@operation("GET", "/v1/transfers/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """Give a transfer."""
    return call.own("transfer")


@operation("POST", "/v1/transfers/{id}", {"metadata": METADATA, "description": TEXT})
def update(call: Call) -> dict[str, Any]:
    """Change what may be changed of a transfer."""
    transfer = call.own("transfer")
    change(transfer, call.values)
    call.tell("transfer.updated", transfer)
    return call.keep(transfer)


@operation(
    "GET",
    "/v1/transfers",
    {"destination": TEXT, "transfer_group": TEXT, "created": SPAN},
    listing=True,
)
def list_transfers(call: Call) -> dict[str, Any]:
    """List transfers."""
    given = call.values
    return answer_page(
        call,
        "transfer",
        "/v1/transfers",
        destination=given.get("destination"),
        transfer_group=given.get("transfer_group"),
    )


@operation(
    "POST",
    "/v1/transfers/{id}/reversals",
    {"amount": AMOUNT, "description": TEXT, "metadata": METADATA, "refund_application_fee": YES_NO},
)
def reverse(call: Call) -> dict[str, Any]:
    """Take a transfer back, all or a part; the payee must still have the money."""
    world, given = call.world, call.values
    transfer = call.own("transfer")
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = given.get("amount", left)
    if left <= 0:
        raise Refused(
            f"Transfer {transfer['id']} is already fully reversed.",
            code="transfer_already_reversed",
        )
    if amount > left:
        raise Refused(
            f"Transfer reversal amount ({amount}) is greater than the unreversed amount ({left}).",
            param="amount",
        )
    arrived = world.need("balance_transaction", transfer["_arrived"], None)
    payee, currency = transfer["destination"], transfer["currency"]
    pending = arrived["status"] == "pending"
    if not pending and amount > available(world, payee, currency):
        raise Refused(
            "The connected account does not have enough available funds for this reversal.",
            code="balance_insufficient",
        )
    found_id = world.new_id("trr_")
    after = max(0, arrived["available_on"] - world.now()) if pending else 0
    moved = move(world, "transfer_refund", found_id, amount, currency, after=after)
    back = move(
        world,
        "payment_refund",
        transfer["destination_payment"],
        -amount,
        currency,
        account=payee,
        after=after,
    )
    reversal = {
        "id": found_id,
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": moved["id"],
        "created": world.now(),
        "currency": currency,
        "destination_payment_refund": back["id"].replace("txn_", "pyr_"),
        "metadata": given.get("metadata") or {},
        "source_refund": None,
        "transfer": transfer["id"],
    }
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, reversal)
    call.keep(transfer)
    call.tell("transfer.reversed", transfer)
    return call.keep(reversal)


@operation("GET", "/v1/transfers/{transfer}/reversals/{id}")
def retrieve_reversal(call: Call) -> dict[str, Any]:
    """Give a reversal."""
    return call.own("transfer_reversal")


@operation("GET", "/v1/transfers/{id}/reversals", {}, listing=True)
def list_reversals(call: Call) -> dict[str, Any]:
    """List the reversals of a transfer."""
    transfer = call.own("transfer")
    return answer_page(
        call,
        "transfer_reversal",
        f"/v1/transfers/{transfer['id']}/reversals",
        transfer=transfer["id"],
    )
