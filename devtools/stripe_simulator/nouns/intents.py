"""PaymentIntents as a caller sees them: make, look, change, confirm, capture, cancel, search."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator import cards, paying
from devtools.stripe_simulator.errors import BadParameters, Refused, unexpected_state
from devtools.stripe_simulator.fields import (
    AMOUNT,
    METADATA,
    NUMBER,
    SPAN,
    TEXT,
    TEXTS,
    YES_NO,
    choice,
    group,
)
from devtools.stripe_simulator.lists import answer_page
from devtools.stripe_simulator.nouns.charges import change
from devtools.stripe_simulator.operations import Call, operation

if TYPE_CHECKING:
    from devtools.stripe_simulator.world import World

OPTIONS = group(
    card=group(capture_method=choice("manual"), request_three_d_secure=TEXT),
    alipay=group(setup_future_usage=TEXT),
    wechat_pay=group(client=choice("web", "ios", "android"), app_id=TEXT, setup_future_usage=TEXT),
)
METHOD_DATA = group(
    type=choice(*cards.WALLETS).needed,
    alipay=group(),
    wechat_pay=group(),
    billing_details=group(email=TEXT, name=TEXT, phone=TEXT),
)
CHANGES = {
    "amount": AMOUNT,
    "currency": TEXT,
    "description": TEXT,
    "metadata": METADATA,
    "payment_method": TEXT,
    "payment_method_types": TEXTS,
    "receipt_email": TEXT,
    "statement_descriptor": TEXT,
    "statement_descriptor_suffix": TEXT,
    "transfer_group": TEXT,
    "payment_method_options": OPTIONS,
}
CREATES = {
    **CHANGES,
    "amount": AMOUNT.needed,
    "currency": TEXT.needed,
    "automatic_payment_methods": group(enabled=YES_NO, allow_redirects=TEXT),
    "capture_method": choice("automatic", "automatic_async", "manual"),
    "confirm": YES_NO,
    "payment_method_data": METHOD_DATA,
    "return_url": TEXT,
    "off_session": YES_NO,
}
CONFIRMS = {
    "payment_method": TEXT,
    "payment_method_data": METHOD_DATA,
    "return_url": TEXT,
    "off_session": YES_NO,
    "receipt_email": TEXT,
    "capture_method": choice("automatic", "automatic_async", "manual"),
    "payment_method_options": OPTIONS,
}
REASONS = choice("duplicate", "fraudulent", "requested_by_customer", "abandoned")
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
CLAUSE = re.compile(
    r"""\s*(?:metadata\[["'](?P<key>[^"']+)["']\]|(?P<name>status|currency|amount|created))"""
    r"""\s*(?P<sign>:|>=|<=|>|<)\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>\d+))\s*"""
)
SIGNS = {":": "=", ">": ">", "<": "<", ">=": ">=", "<=": "<="}


def make(world: World, given: dict[str, Any], account: str) -> dict[str, Any]:
    """Make an intent and tell of it; BadParameters for what does not go together."""
    kinds = given.get("payment_method_types") or (
        list(cards.METHODS)
        if given.get("automatic_payment_methods", {}).get("enabled", True)
        else ["card"]
    )
    check_methods(kinds, given.get("capture_method"))
    automatic = "payment_method_types" not in given
    capture = given.get("capture_method") or "automatic_async"
    if automatic and capture == "manual":
        kinds = ["card"]
    found_id = world.new_id("pi_")
    options = {
        "card": {
            "installments": None,
            "mandate_options": None,
            "network": None,
            "request_three_d_secure": "automatic",
        },
        "alipay": {},
        "wechat_pay": {"app_id": None, "client": "web"},
    }
    for kind, wanted in (given.get("payment_method_options") or {}).items():
        options[kind] = {**options[kind], **wanted}
    intent = {
        "id": found_id,
        "object": "payment_intent",
        "amount": given["amount"],
        "allowed_payment_method_types": None,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": (
            {"allow_redirects": "always", "enabled": True} if automatic else None
        ),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": capture,
        "client_secret": f"{found_id}_secret_{world.new_id('')}",
        "confirmation_method": "automatic",
        "created": world.now(),
        "currency": given["currency"].lower(),
        "customer": None,
        "customer_account": None,
        "description": given.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "managed_payments": None,
        "metadata": given.get("metadata") or {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {kind: options[kind] for kind in kinds},
        "payment_method_types": kinds,
        "processing": None,
        "receipt_email": given.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "statement_descriptor": given.get("statement_descriptor"),
        "statement_descriptor_suffix": given.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": given.get("transfer_group"),
        "_session": None,
        "_return_url": given.get("return_url"),
    }
    world.store.put(intent, account)
    world.tell("payment_intent.created", intent, account)
    return intent


def check_methods(kinds: list[str], capture: str | None) -> None:
    """Refuse ways to pay that the simulator does not know, and holds where there are none."""
    for kind in kinds:
        if kind not in cards.METHODS:
            raise BadParameters(
                f"Invalid payment_method_types: '{kind}'. The simulator takes "
                f"{', '.join(cards.METHODS)}.",
                param="payment_method_types",
            )
        if capture == "manual" and kind in cards.WALLETS:
            raise BadParameters(
                f"The payment method type `{kind}` cannot be used with a `capture_method` of "
                "`manual`.",
                param="capture_method",
            )


@operation("POST", "/v1/payment_intents", CREATES)
def create(call: Call) -> dict[str, Any]:
    """Make an intent, and confirm it when asked."""
    given = call.values
    method = _method(call)
    intent = make(call.world, given, call.account)
    if method:
        intent.update(payment_method=method["id"], status="requires_confirmation")
        call.keep(intent)
    if given.get("confirm"):
        if method is None:
            raise _no_method()
        return paying.attempt(call.world, intent, method, call.account)
    return intent


def _method(call: Call) -> dict[str, Any] | None:
    given = call.values
    if given.get("payment_method"):
        return cards.find_method(call.world, given["payment_method"])
    data = given.get("payment_method_data")
    if data:
        return cards.make_method(call.world, data["type"], details=data.get("billing_details"))
    return None


def _no_method() -> Refused:
    return Refused(
        "You cannot confirm this PaymentIntent because it's missing a payment method.",
        code="payment_intent_unexpected_state",
    )


@operation("GET", "/v1/payment_intents/{id}", {"client_secret": TEXT})
def retrieve(call: Call) -> dict[str, Any]:
    """Give an intent."""
    return call.own("payment_intent")


@operation("POST", "/v1/payment_intents/{id}", CHANGES)
def update(call: Call) -> dict[str, Any]:
    """Change an intent; its amount only before it is paid."""
    intent, given = call.own("payment_intent"), dict(call.values)
    if {"amount", "currency", "payment_method"} & given.keys() and intent["status"] not in OPEN:
        raise unexpected_state(intent, "update the amount of", ", ".join(OPEN))
    method = _method(call)
    if method:
        given["payment_method"] = method["id"]
        intent["status"] = "requires_confirmation"
    given.pop("payment_method_options", None)
    change(intent, given)
    return call.keep(intent)


@operation("POST", "/v1/payment_intents/{id}/confirm", CONFIRMS)
def confirm(call: Call) -> dict[str, Any]:
    """Try to pay."""
    intent, given = call.own("payment_intent"), call.values
    _not_of_a_session(call.world, intent, "confirm")
    if intent["status"] not in OPEN:
        raise unexpected_state(intent, "confirm", ", ".join(OPEN))
    method = _method(call)
    if method is None and intent["payment_method"]:
        method = cards.find_method(call.world, intent["payment_method"])
    if method is None:
        raise _no_method()
    for name, kept in (("return_url", "_return_url"), ("capture_method", "capture_method")):
        if given.get(name):
            intent[kept] = given[name]
    return paying.attempt(call.world, intent, method, call.account)


def _not_of_a_session(world: World, intent: dict[str, Any], doing: str) -> None:
    """Refuse to touch the intent of a Checkout Session that is still open."""
    if not intent["_session"]:
        return
    session = world.store.get("checkout.session", intent["_session"], None)
    if session and session["status"] == "open":
        raise Refused(
            f"You cannot {doing} this PaymentIntent because it belongs to a Checkout Session. "
            "To cancel, expire the Checkout Session instead.",
            code="payment_intent_unexpected_state",
        )


@operation(
    "POST",
    "/v1/payment_intents/{id}/capture",
    {"amount_to_capture": AMOUNT, "metadata": METADATA, "final_capture": YES_NO},
)
def capture(call: Call) -> dict[str, Any]:
    """Take the money that is held, all or a part; the rest is let go."""
    intent, given = call.own("payment_intent"), call.values
    if intent["status"] != "requires_capture":
        raise Refused(
            "This PaymentIntent could not be captured because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may "
            "be captured: requires_capture.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    amount = given.get("amount_to_capture", intent["amount_capturable"])
    if amount > intent["amount_capturable"]:
        raise Refused(
            f"The amount to capture {amount} is more than the capturable amount "
            f"{intent['amount_capturable']}.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    change(intent, {"metadata": given["metadata"]} if "metadata" in given else {})
    return paying.capture(call.world, intent, amount, call.account)


@operation("POST", "/v1/payment_intents/{id}/cancel", {"cancellation_reason": REASONS})
def cancel(call: Call) -> dict[str, Any]:
    """Give an intent up; a hold is let go."""
    intent = call.own("payment_intent")
    _not_of_a_session(call.world, intent, "cancel")
    allowed = (*OPEN, "requires_capture", "processing")
    if intent["status"] not in allowed:
        raise unexpected_state(intent, "cancel", ", ".join(allowed))
    return paying.cancel(call.world, intent, call.account, call.values.get("cancellation_reason"))


@operation("GET", "/v1/payment_intents", {"created": SPAN, "customer": TEXT}, listing=True)
def list_intents(call: Call) -> dict[str, Any]:
    """List intents."""
    return answer_page(
        call, "payment_intent", "/v1/payment_intents", customer=call.values.get("customer")
    )


@operation(
    "GET", "/v1/payment_intents/search", {"query": TEXT.needed, "limit": NUMBER, "page": TEXT}
)
def search(call: Call) -> dict[str, Any]:
    """Find intents by metadata, status, currency, amount or time."""
    return search_for(call, "payment_intent", "/v1/payment_intents/search")


def search_for(call: Call, kind: str, url: str) -> dict[str, Any]:
    """Search objects in Stripe's words: clauses joined by AND; a page's name is its last row."""
    world, query = call.world, call.values["query"]
    conditions = ["created <= ?"]
    values: list[Any] = [world.now() - world.settings.search_lag]
    for clause in re.split(r"\s+AND\s+", query):
        found = CLAUSE.fullmatch(clause)
        if found is None:
            raise BadParameters(
                f"We were unable to parse your search query: {query}", param="query"
            )
        member = f'metadata."{found["key"]}"' if found["key"] else found["name"]
        conditions.append(f"json_extract(body, ?) {SIGNS[found['sign']]} ?")
        text = next(
            part for part in (found["double"], found["single"], found["bare"]) if part is not None
        )
        numeric = found["name"] in {"amount", "created"}
        values += [f"$.{member}", int(text) if numeric else text]
    found_by, found_values = tuple(conditions), list(values)
    if call.values.get("page"):
        conditions.append("seq < ?")
        values.append(int(call.values["page"]))
    limit = call.values.get("limit", 10)
    rows = world.store.find(
        kind, call.account, where=tuple(conditions), values=tuple(values), limit=limit + 1
    )
    more, rows = len(rows) > limit, rows[:limit]
    total = len(world.store.find(kind, call.account, where=found_by, values=tuple(found_values)))
    return {
        "object": "search_result",
        "data": rows,
        "_total_count": total,
        "has_more": more,
        "next_page": str(world.store.place(rows[-1]["id"])) if more else None,
        "url": url,
    }


@operation("GET", "/v1/payment_methods/{id}")
def retrieve_method(call: Call) -> dict[str, Any]:
    """Give a way to pay."""
    return call.world.need("payment_method", call.ids["id"], None)
