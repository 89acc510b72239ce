"""Disputes: the buyer's bank takes the money back, and may give it again."""

from __future__ import annotations

from typing import Any

from devtools.stripe_simulator.errors import Refused
from devtools.stripe_simulator.fields import METADATA, SPAN, TEXT, YES_NO, group
from devtools.stripe_simulator.lists import answer_page
from devtools.stripe_simulator.nouns.balance import DAY, move
from devtools.stripe_simulator.nouns.charges import change
from devtools.stripe_simulator.operations import Call, operation
from devtools.stripe_simulator.world import World, timer

EVIDENCE_TEXTS = (
    "access_activity_log",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_email_address",
    "customer_name",
    "product_description",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "uncategorized_text",
)
EVIDENCE = (
    *EVIDENCE_TEXTS,
    "billing_address",
    "cancellation_policy",
    "customer_communication",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "receipt",
    "refund_policy",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
)
OPEN = ("needs_response", "under_review")
ANSWER_SECONDS = 9 * DAY


def open_dispute(
    world: World,
    charge: dict[str, Any],
    amount: int | None = None,
    reason: str = "fraudulent",
) -> dict[str, Any]:
    """Open a dispute over a card charge: its money and a fee leave the balance at once.

    Raises Refused for wallets, which know no disputes, and for a charge that has one.
    """
    account = world.store.owner(charge["id"])
    if charge["_wallet"]:
        raise Refused("Alipay and WeChat Pay payments cannot be disputed.")
    if charge["disputed"] or not charge["captured"]:
        raise Refused(f"Charge {charge['id']} cannot be disputed.")
    amount = amount or charge["amount_captured"]
    found_id = world.new_id("du_")
    moved = move(
        world,
        "adjustment",
        found_id,
        -amount,
        charge["currency"],
        account=account,
        fee=world.settings.dispute_fee,
        description=f"Chargeback withdrawal for {charge['id']}",
    )
    brand = charge["payment_method_details"]["card"]["brand"]
    dispute = {
        "id": found_id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [moved],
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {
            "enhanced_evidence": {},
            **dict.fromkeys(EVIDENCE),
        },
        "evidence_details": {
            "due_by": world.now() + ANSWER_SECONDS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": "chargeback",
                "network": brand,
                "network_reason_code": "10.4",
            },
            "type": "card",
        },
        "reason": reason,
        "status": "needs_response",
    }
    charge.update(disputed=True, _lost_to_dispute=True)
    world.store.put(charge, account)
    world.store.put(dispute, account)
    world.tell("charge.dispute.created", dispute, account)
    world.tell("charge.dispute.funds_withdrawn", dispute, account)
    return dispute


@timer("dispute.open")
def open_by_itself(world: World, charge_id: str) -> None:
    """Open the dispute that a test number brings."""
    charge = world.need("charge", charge_id, None)
    number = charge["_number"]
    reason = "fraudulent" if number.endswith("0259") else "product_not_received"
    open_dispute(world, charge, reason=reason)


def close(world: World, dispute: dict[str, Any], status: str) -> dict[str, Any]:
    """End a dispute as ``won`` or ``lost``; won money comes back, its fee does not."""
    account = world.store.owner(dispute["id"])
    if dispute["status"] not in OPEN:
        raise Refused(f"This dispute is already closed: {dispute['status']}.")
    if status not in {"won", "lost"}:
        raise Refused("A dispute is closed as won or lost.")
    dispute["status"] = status
    if status == "won":
        moved = move(
            world,
            "adjustment",
            dispute["id"],
            dispute["amount"],
            dispute["currency"],
            account=account,
            description=f"Chargeback reversal for {dispute['charge']}",
            category="dispute_reversal",
        )
        dispute["balance_transactions"].append(moved)
        charge = world.need("charge", dispute["charge"], account)
        charge["_lost_to_dispute"] = False
        world.store.put(charge, account)
        world.tell("charge.dispute.funds_reinstated", dispute, account)
    world.store.put(dispute, account)
    world.tell("charge.dispute.closed", dispute, account)
    return dispute


@operation("GET", "/v1/disputes/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """Give a dispute."""
    return call.own("dispute")


@operation(
    "POST",
    "/v1/disputes/{id}",
    {
        "evidence": group(**dict.fromkeys(EVIDENCE_TEXTS, TEXT)),
        "metadata": METADATA,
        "submit": YES_NO,
    },
)
def update(call: Call) -> dict[str, Any]:
    """Give evidence, for review at once unless ``submit`` is false."""
    dispute, given = call.own("dispute"), dict(call.values)
    evidence, submit = given.pop("evidence", {}), given.pop("submit", True)
    if dispute["status"] not in OPEN:
        raise Refused("This dispute is already closed.")
    if evidence:
        dispute["evidence"].update(evidence)
        dispute["evidence_details"]["has_evidence"] = True
        if submit:
            dispute["evidence_details"]["submission_count"] += 1
            dispute["status"] = "under_review"
    change(dispute, given)
    call.tell("charge.dispute.updated", dispute)
    return call.keep(dispute)


@operation("POST", "/v1/disputes/{id}/close")
def give_up(call: Call) -> dict[str, Any]:
    """Accept the loss."""
    return close(call.world, call.own("dispute"), "lost")


@operation(
    "GET", "/v1/disputes", {"charge": TEXT, "payment_intent": TEXT, "created": SPAN}, listing=True
)
def list_disputes(call: Call) -> dict[str, Any]:
    """List disputes."""
    given = call.values
    return answer_page(
        call,
        "dispute",
        "/v1/disputes",
        charge=given.get("charge"),
        payment_intent=given.get("payment_intent"),
    )
