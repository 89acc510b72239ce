"""Balance and balance transactions: every movement of money with its fee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator.fields import SPAN, TEXT
from devtools.stripe_simulator.lists import answer_page
from devtools.stripe_simulator.operations import Call, operation
from devtools.stripe_simulator.world import World, timer

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = 24 * 3600
LISTS = {"currency": TEXT, "source": TEXT, "type": TEXT, "payout": TEXT, "created": SPAN}
CATEGORIES = {
    "payment": "charge",
    "payment_refund": "refund",
    "payment_failure_refund": "refund_failure",
    "transfer_refund": "transfer_reversal",
    "adjustment": "dispute",
    "payout_failure": "payout_reversal",
    "payout_cancel": "payout_reversal",
}


def move(
    world: World,
    kind: str,
    source: str,
    amount: int,
    currency: str,
    *,
    account: str = "",
    fee: int = 0,
    after: int = 0,
    description: str | None = None,
    category: str | None = None,
) -> dict[str, Any]:
    """Record a movement: ``amount`` minor units, available ``after`` seconds."""
    now = world.now()
    details = [
        {
            "amount": fee,
            "application": None,
            "currency": currency,
            "description": "Stripe processing fees" if kind != "adjustment" else "Dispute fee",
            "type": "stripe_fee",
        }
    ]
    moved: dict[str, Any] = {
        "id": world.new_id("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + after,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details if fee else [],
        "net": amount - fee,
        "reporting_category": category or CATEGORIES.get(kind, kind),
        "source": source,
        "status": "pending" if after > 0 else "available",
        "type": kind,
        "_payout": None,
    }
    world.store.put(moved, account)
    if after > 0:
        world.schedule(after, "money.available", moved["id"])
    return moved


@timer("money.available")
def become_available(world: World, found_id: str) -> None:
    """Let money be available for transfers and payouts."""
    moved = world.need("balance_transaction", found_id, None)
    account = world.store.owner(found_id)
    moved["status"] = "available"
    world.store.put(moved, account)
    world.tell("balance.available", amounts(world, account), account)


def _sums(rows: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    return [
        {"amount": total, "currency": unit, "source_types": {"card": total}} for unit, total in rows
    ]


def amounts(world: World, account: str) -> dict[str, Any]:
    """Sum up what is available and what is pending, by currency."""
    sums: dict[str, list[dict[str, Any]]] = {}
    for status in ("available", "pending"):
        with world.store.lock:
            rows = world.store.rows.execute(
                "SELECT json_extract(body, '$.currency'), sum(json_extract(body, '$.net'))"
                " FROM objects WHERE kind = 'balance_transaction' AND account = ?"
                " AND json_extract(body, '$.status') = ? GROUP BY 1 ORDER BY 1",
                (account, status),
            ).fetchall()
        sums[status] = _sums(rows) or _sums([("cny", 0)])
    reserved = [{"amount": 0, "currency": each["currency"]} for each in sums["available"]]
    return {"object": "balance", "connect_reserved": reserved, "livemode": False, **sums}


def available(world: World, account: str, currency: str) -> int:
    """Say how much may be moved on now, in minor units."""
    found = amounts(world, account)["available"]
    return sum(each["amount"] for each in found if each["currency"] == currency)


@operation("GET", "/v1/balance")
def retrieve(call: Call) -> dict[str, Any]:
    """Give the balance."""
    return amounts(call.world, call.account)


@operation("GET", "/v1/balance_transactions/{id}")
def retrieve_transaction(call: Call) -> dict[str, Any]:
    """Give one movement."""
    return call.own("balance_transaction")


@operation("GET", "/v1/balance_transactions", LISTS, listing=True)
def list_transactions(call: Call) -> dict[str, Any]:
    """List movements."""
    given = call.values
    return answer_page(
        call,
        "balance_transaction",
        "/v1/balance_transactions",
        currency=given.get("currency"),
        source=given.get("source"),
        type=given.get("type"),
        _payout=given.get("payout"),
    )
