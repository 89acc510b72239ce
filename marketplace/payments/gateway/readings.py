"""Stripe's objects (plain dictionaries) as our values; what is missing there is nothing here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marketplace.payments.gateway.protocol import (
    Account,
    Dispute,
    Event,
    Intent,
    Movement,
    Refund,
    Session,
    Transfer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    Thing = Mapping[str, Any]


def moment(seconds: int) -> datetime:
    """Read Stripe's seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def _id(value: object) -> str | None:
    """Give the id of an object that may have come with its details."""
    if isinstance(value, dict):
        return str(value["id"])
    return str(value) if value else None


def _metadata(thing: Thing, name: str) -> str:
    return str((thing.get("metadata") or {}).get(name) or "")


def session(thing: Thing) -> Session:
    """Read a Checkout Session."""
    number = _metadata(thing, "session_no")
    return Session(
        id=thing["id"],
        status=thing["status"],
        url=thing.get("url"),
        intent_id=_id(thing.get("payment_intent")),
        expires_at=moment(thing["expires_at"]),
        payment=_metadata(thing, "payment"),
        session_no=int(number) if number.isdigit() else 0,
    )


def intent(thing: Thing) -> Intent:
    """Read a PaymentIntent whose charge was asked for with it."""
    charge = thing.get("latest_charge")
    charge = charge if isinstance(charge, dict) else {}
    details = charge.get("payment_method_details") or {}
    balance = charge.get("balance_transaction")
    before = (details.get("card") or {}).get("capture_before")
    failure = thing.get("last_payment_error") or {}
    return Intent(
        id=thing["id"],
        status=thing["status"],
        amount_minor=thing["amount"],
        received_minor=thing.get("amount_received") or 0,
        currency=thing["currency"].upper(),
        payment=_metadata(thing, "payment"),
        charge_id=charge.get("id") or _id(thing.get("latest_charge")),
        method=details.get("type"),
        fee_minor=balance["fee"] if isinstance(balance, dict) else None,
        capture_before=moment(before) if before else None,
        failure=str(failure.get("message") or ""),
    )


def refund(thing: Thing) -> Refund:
    """Read a Refund."""
    return Refund(
        id=thing["id"],
        status=thing["status"],
        amount_minor=thing["amount"],
        intent_id=_id(thing.get("payment_intent")),
        refund=_metadata(thing, "refund"),
        failure=str(thing.get("failure_reason") or ""),
    )


def dispute(thing: Thing) -> Dispute:
    """Read a Dispute; its fee is what its movements on the balance say."""
    moved = [one for one in thing.get("balance_transactions") or () if isinstance(one, dict)]
    due = (thing.get("evidence_details") or {}).get("due_by")
    return Dispute(
        id=thing["id"],
        status=thing["status"],
        amount_minor=thing["amount"],
        fee_minor=sum(one["fee"] for one in moved),
        currency=thing["currency"].upper(),
        reason=str(thing.get("reason") or ""),
        made_at=moment(thing["created"]),
        answer_by=moment(due) if due else None,
    )


def transfer(thing: Thing) -> Transfer:
    """Read a Transfer."""
    return Transfer(
        id=thing["id"],
        amount_minor=thing["amount"],
        reversed=bool(thing.get("reversed")),
        payout=_metadata(thing, "payout"),
    )


def account(thing: Thing) -> Account:
    """Read an Account."""
    capabilities = thing.get("capabilities") or {}
    return Account(id=thing["id"], ready=capabilities.get("transfers") == "active")


def movement(thing: Thing) -> Movement:
    """Read a BalanceTransaction."""
    return Movement(
        id=thing["id"],
        type=thing["type"],
        source=_id(thing.get("source")) or "",
        amount_minor=thing["amount"],
        fee_minor=thing["fee"],
        net_minor=thing["net"],
        currency=thing["currency"].upper(),
        made_at=moment(thing["created"]),
    )


def event(thing: Thing) -> Event:
    """Read an Event."""
    return Event(
        id=thing["id"],
        type=thing["type"],
        made_at=moment(thing["created"]),
        object=thing["data"]["object"],
    )
