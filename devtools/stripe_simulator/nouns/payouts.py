"""Payouts from a balance to a bank account."""

from __future__ import annotations

from typing import Any

from devtools.stripe_simulator.errors import Refused
from devtools.stripe_simulator.fields import AMOUNT, METADATA, SPAN, TEXT, choice
from devtools.stripe_simulator.lists import answer_page
from devtools.stripe_simulator.nouns.balance import available, move
from devtools.stripe_simulator.nouns.charges import change
from devtools.stripe_simulator.operations import Call, operation
from devtools.stripe_simulator.world import World, timer

CREATES = {
    "amount": AMOUNT.needed,
    "currency": TEXT.needed,
    "description": TEXT,
    "destination": TEXT,
    "metadata": METADATA,
    "method": choice("standard"),
    "source_type": choice("bank_account", "card", "fpx"),
    "statement_descriptor": TEXT,
}


@operation("POST", "/v1/payouts", CREATES)
def create(call: Call) -> dict[str, Any]:
    """Send available money to the bank."""
    world, given = call.world, call.values
    currency = given["currency"].lower()
    if given["amount"] > available(world, call.account, currency):
        raise Refused(
            "You have insufficient funds in your Stripe account for this payout.",
            code="balance_insufficient",
            param="amount",
        )
    payout = {
        "id": world.new_id("po_"),
        "object": "payout",
        "amount": given["amount"],
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now() + world.settings.payout_seconds,
        "automatic": False,
        "balance_transaction": None,
        "created": world.now(),
        "currency": currency,
        "description": given.get("description") or "STRIPE PAYOUT",
        "destination": given.get("destination") or world.new_id("ba_"),
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": given.get("metadata") or {},
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "not_applicable",
        "reversed_by": None,
        "source_type": given.get("source_type", "card"),
        "statement_descriptor": given.get("statement_descriptor"),
        "status": "pending",
        "trace_id": None,
        "type": "bank_account",
    }
    moved = move(
        world,
        "payout",
        payout["id"],
        -given["amount"],
        currency,
        account=call.account,
        description="STRIPE PAYOUT",
    )
    payout["balance_transaction"] = moved["id"]
    world.schedule(world.settings.payout_seconds, "payout.pay", payout["id"])
    call.keep(payout)
    call.tell("payout.created", payout)
    return payout


@timer("payout.pay")
def pay(world: World, found_id: str) -> None:
    """Let a payout arrive."""
    payout = world.need("payout", found_id, None)
    if payout["status"] == "pending":
        account = world.store.owner(found_id)
        payout["status"] = "paid"
        payout["trace_id"] = {"status": "supported", "value": f"SIM{found_id[-12:]}"}
        world.store.put(payout, account)
        world.tell("payout.paid", payout, account)


def fail(world: World, payout: dict[str, Any], code: str = "account_closed") -> dict[str, Any]:
    """Let the bank send a payout back, even one that was paid."""
    if payout["status"] not in {"pending", "paid"}:
        raise Refused(f"This payout is {payout['status']}.")
    payout.update(failure_code=code, failure_message="The bank account could not take the money.")
    return _return(world, payout, "failed", "payout_failure")


def _return(world: World, payout: dict[str, Any], status: str, kind: str) -> dict[str, Any]:
    account = world.store.owner(payout["id"])
    world.unschedule("payout.pay", payout["id"])
    moved = move(
        world,
        kind,
        payout["id"],
        payout["amount"],
        payout["currency"],
        account=account,
        description="STRIPE PAYOUT RETURN",
    )
    payout.update(status=status, failure_balance_transaction=moved["id"])
    world.store.put(payout, account)
    world.tell(f"payout.{status}", payout, account)
    return payout


@operation("POST", "/v1/payouts/{id}/cancel")
def cancel(call: Call) -> dict[str, Any]:
    """Stop a payout that is not yet paid."""
    payout = call.own("payout")
    if payout["status"] != "pending":
        raise Refused("Payouts can only be canceled while they are pending.")
    return _return(call.world, payout, "canceled", "payout_cancel")


@operation("GET", "/v1/payouts/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """Give a payout."""
    return call.own("payout")


@operation("POST", "/v1/payouts/{id}", {"metadata": METADATA})
def update(call: Call) -> dict[str, Any]:
    """Change a payout's metadata."""
    payout = call.own("payout")
    change(payout, call.values)
    call.tell("payout.updated", payout)
    return call.keep(payout)


@operation(
    "GET", "/v1/payouts", {"status": TEXT, "destination": TEXT, "created": SPAN}, listing=True
)
def list_payouts(call: Call) -> dict[str, Any]:
    """List payouts."""
    given = call.values
    return answer_page(
        call,
        "payout",
        "/v1/payouts",
        status=given.get("status"),
        destination=given.get("destination"),
    )
