"""Checkout Sessions as a caller sees them: make, look, change, expire, list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator import cards, checkout
from devtools.stripe_simulator.errors import BadParameters, Refused
from devtools.stripe_simulator.fields import (
    LARGEST_AMOUNT,
    METADATA,
    NUMBER,
    SPAN,
    TEXT,
    TEXTS,
    YES_NO,
    Field,
    choice,
    group,
    several,
)
from devtools.stripe_simulator.lists import answer_page, listed
from devtools.stripe_simulator.nouns.charges import change
from devtools.stripe_simulator.nouns.intents import OPTIONS, check_methods
from devtools.stripe_simulator.operations import Call, operation

if TYPE_CHECKING:
    from devtools.stripe_simulator.world import World

SHORTEST, LONGEST = 30 * 60, 24 * 3600
#: A moment is read from the clock before the call is sent; so much may pass on the way.
SLACK = 15
PRICE = group(
    currency=TEXT.needed,
    unit_amount=Field(NUMBER.read, least=0, most=LARGEST_AMOUNT).needed,
    product_data=group(
        name=TEXT.needed, description=TEXT, metadata=METADATA, images=TEXTS, tax_code=TEXT
    ).needed,
    tax_behavior=choice("exclusive", "inclusive", "unspecified"),
)
LINE = group(price_data=PRICE.needed, quantity=Field(NUMBER.read, least=1, most=999_999).needed)
INTENT = group(
    capture_method=choice("automatic", "automatic_async", "manual"),
    description=TEXT,
    metadata=METADATA,
    receipt_email=TEXT,
    statement_descriptor=TEXT,
    statement_descriptor_suffix=TEXT,
    transfer_group=TEXT,
)
CREATES = {
    "mode": choice("payment").needed,
    "ui_mode": choice("hosted_page"),
    "line_items": several(LINE).needed,
    "success_url": TEXT.needed,
    "cancel_url": TEXT,
    "client_reference_id": TEXT,
    "customer_creation": choice("always", "if_required"),
    "customer_email": TEXT,
    "currency": TEXT,
    "expires_at": NUMBER,
    "locale": TEXT,
    "metadata": METADATA,
    "payment_intent_data": INTENT,
    "payment_method_types": several(choice(*cards.METHODS)),
    "payment_method_options": OPTIONS,
    "submit_type": choice("auto", "book", "donate", "pay", "subscribe"),
    "billing_address_collection": choice("auto", "required"),
    "allow_promotion_codes": YES_NO,
    "phone_number_collection": group(enabled=YES_NO.needed),
    "automatic_tax": group(enabled=YES_NO.needed),
    "invoice_creation": group(enabled=YES_NO.needed),
    "adaptive_pricing": group(enabled=YES_NO),
}


@operation("POST", "/v1/checkout/sessions", CREATES)
def create(call: Call) -> dict[str, Any]:
    """Make a session with its page."""
    world, given = call.world, call.values
    now = world.now()
    until = given.get("expires_at", now + LONGEST)
    if until < now + SHORTEST - SLACK:
        raise BadParameters(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            param="expires_at",
        )
    if until > now + LONGEST + SLACK:
        raise BadParameters(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    asked = given.get("payment_intent_data") or {}
    manual = asked.get("capture_method")
    kinds = given.get("payment_method_types") or (
        ["card"] if manual == "manual" else list(cards.METHODS)
    )
    check_methods(kinds, manual)
    _check_wechat(given, kinds)
    currencies = {line["price_data"]["currency"].lower() for line in given["line_items"]}
    if len(currencies) > 1 or given.get("currency", "").lower() not in {"", *currencies}:
        raise BadParameters(
            "All prices of a Checkout Session must be in one currency.", param="line_items"
        )
    session = blank(world, given, kinds, currencies.pop(), until)
    world.schedule(0, "session.expire", session["id"], at=until)
    return call.keep(session)


def _check_wechat(given: dict[str, Any], kinds: list[str]) -> None:
    """Ask for the client, as Stripe does."""
    options = given.get("payment_method_options") or {}
    client = options.get("wechat_pay", {}).get("client")
    if "wechat_pay" in kinds and given.get("payment_method_types") and client != "web":
        raise BadParameters(
            "You must specify the `client` in `payment_method_options[wechat_pay]` as `web`.",
            code="parameter_missing",
            param="payment_method_options[wechat_pay][client]",
        )


def blank(
    world: World, given: dict[str, Any], kinds: list[str], currency: str, until: int
) -> dict[str, Any]:
    """Write an open session."""
    found_id = world.new_id("cs_test_", 58)
    items = [_line(world, line, currency) for line in given["line_items"]]
    total = sum(item["amount_total"] for item in items)
    if not 0 < total <= LARGEST_AMOUNT:
        raise BadParameters(
            f"The Checkout Session's total amount must be from 1 to {LARGEST_AMOUNT}.",
            code="amount_too_small" if total <= 0 else "amount_too_large",
        )
    options: dict[str, Any] = {"card": {"request_three_d_secure": "automatic"}}
    for kind, wanted in (given.get("payment_method_options") or {}).items():
        options[kind] = {**options.get(kind, {}), **wanted}
    return {
        "id": found_id,
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False},
        "after_expiration": None,
        "allow_promotion_codes": given.get("allow_promotion_codes"),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": given.get("billing_address_collection"),
        "cancel_url": given.get("cancel_url"),
        "client_reference_id": given.get("client_reference_id"),
        "client_secret": None,
        "collected_information": None,
        "consent": None,
        "consent_collection": None,
        "created": world.now(),
        "currency": currency,
        "currency_conversion": None,
        "custom_fields": [],
        "custom_text": {
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        "customer": None,
        "customer_account": None,
        "customer_creation": given.get("customer_creation", "if_required"),
        "customer_details": None,
        "customer_email": given.get("customer_email"),
        "discounts": [],
        "expires_at": until,
        "invoice": None,
        "invoice_creation": {
            "enabled": False,
            "invoice_data": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": None,
                "metadata": {},
                "rendering_options": None,
            },
        },
        "integration_identifier": None,
        "livemode": False,
        "locale": given.get("locale"),
        "managed_payments": None,
        "metadata": given.get("metadata") or {},
        "mode": "payment",
        "origin_context": None,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": "if_required",
        "payment_method_configuration_details": None,
        "payment_method_options": options,
        "payment_method_types": kinds,
        "payment_status": "unpaid",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "recovered_from": None,
        "saved_payment_method_options": None,
        "setup_intent": None,
        "shipping_address_collection": None,
        "shipping_cost": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": given.get("submit_type"),
        "subscription": None,
        "success_url": given["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": given.get("ui_mode", "hosted_page"),
        "url": f"{world.base}/c/pay/{found_id}",
        "wallet_options": None,
        "_line_items": listed(items, f"/v1/checkout/sessions/{found_id}/line_items"),
        "_intent": given.get("payment_intent_data") or {},
    }


def _line(world: World, line: dict[str, Any], currency: str) -> dict[str, Any]:
    price, amount = line["price_data"], line["price_data"]["unit_amount"] * line["quantity"]
    product = price["product_data"]
    return {
        "id": world.new_id("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": currency,
        "description": product["name"],
        "metadata": {},
        "price": {
            "id": world.new_id("price_"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "created": world.now(),
            "currency": currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": None,
            "metadata": {},
            "nickname": None,
            "product": world.new_id("prod_", 14),
            "recurring": None,
            "tax_behavior": price.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": line["quantity"],
        "_more": product.get("description"),
    }


@operation("GET", "/v1/checkout/sessions/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """Give a session."""
    return call.own("checkout.session")


@operation("POST", "/v1/checkout/sessions/{id}", {"metadata": METADATA})
def update(call: Call) -> dict[str, Any]:
    """Change a session's metadata."""
    session = call.own("checkout.session")
    change(session, call.values)
    return call.keep(session)


@operation("GET", "/v1/checkout/sessions/{id}/line_items", {}, listing=True)
def line_items(call: Call) -> dict[str, Any]:
    """Give what is paid for."""
    lines: dict[str, Any] = call.own("checkout.session")["_line_items"]
    return lines


@operation("POST", "/v1/checkout/sessions/{id}/expire")
def expire(call: Call) -> dict[str, Any]:
    """End an open session; Refused once it is complete or expired."""
    session = call.own("checkout.session")
    if session["status"] != "open":
        raise Refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
    return checkout.expire(call.world, session, call.account)


@operation(
    "GET",
    "/v1/checkout/sessions",
    {
        "created": SPAN,
        "payment_intent": TEXT,
        "status": choice("open", "complete", "expired"),
        "customer_details": group(email=TEXT),
    },
    listing=True,
)
def list_sessions(call: Call) -> dict[str, Any]:
    """List sessions."""
    given = call.values
    members: dict[str, Any] = {
        "payment_intent": given.get("payment_intent"),
        "status": given.get("status"),
        "customer_details.email": (given.get("customer_details") or {}).get("email"),
    }
    return answer_page(call, "checkout.session", "/v1/checkout/sessions", **members)
