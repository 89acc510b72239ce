"""Accounts of payees, and the links by which they give their details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator.fields import METADATA, SPAN, TEXT, YES_NO, choice, group
from devtools.stripe_simulator.lists import answer_page, listed
from devtools.stripe_simulator.nouns.charges import change
from devtools.stripe_simulator.operations import Call, operation

if TYPE_CHECKING:
    from devtools.stripe_simulator.world import World

#: How long a link to the page for details lives.
LINK_SECONDS = 5 * 60
CAPABILITY = group(requested=YES_NO)
SCHEDULE = group(interval=choice("daily", "manual", "monthly", "weekly"))
PROFILE = group(name=TEXT, url=TEXT, mcc=TEXT, product_description=TEXT, support_email=TEXT)
CHANGES = {
    "email": TEXT,
    "metadata": METADATA,
    "business_type": choice("company", "government_entity", "individual", "non_profit"),
    "business_profile": PROFILE,
    "capabilities": group(
        card_payments=CAPABILITY,
        transfers=CAPABILITY,
    ),
    "company": group(name=TEXT, tax_id=TEXT),
    "settings": group(payouts=group(schedule=SCHEDULE)),
    "default_currency": TEXT,
}
CREATES = {
    **CHANGES,
    "type": choice("custom", "express", "standard"),
    "country": TEXT,
    "controller": group(
        fees=group(payer=choice("account", "application")),
        losses=group(payments=choice("application", "stripe")),
        requirement_collection=choice("application", "stripe"),
        stripe_dashboard=group(type=choice("express", "full", "none")),
    ),
}
DUE = ["business_profile.url", "external_account", "tos_acceptance.date", "tos_acceptance.ip"]


@operation("POST", "/v1/accounts", CREATES)
def create(call: Call) -> dict[str, Any]:
    """Make an account that has yet to give its details."""
    world, given = call.world, call.values
    found_id = world.new_id("acct_", 16)
    asked = [n for n, wish in (given.get("capabilities") or {}).items() if wish.get("requested")]
    kind = given.get("type") or "none"
    account = {
        "id": found_id,
        "object": "account",
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "mcc": None,
            "minority_owned_business_designation": None,
            "name": None,
            "product_description": None,
            "support_address": None,
            "support_email": None,
            "support_phone": None,
            "support_url": None,
            "url": None,
            **(given.get("business_profile") or {}),
        },
        "business_type": given.get("business_type"),
        "capabilities": dict.fromkeys(asked or ["transfers"], "inactive"),
        "charges_enabled": False,
        "controller": {
            "fees": {"payer": "application"},
            "is_controller": True,
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
            "type": "application",
            **{n: v for n, v in (given.get("controller") or {}).items() if v},
        },
        "country": given.get("country", "HK"),
        "created": world.now(),
        "default_currency": given.get("default_currency", "cny"),
        "details_submitted": False,
        "email": given.get("email"),
        "external_accounts": listed([], f"/v1/accounts/{found_id}/external_accounts"),
        "future_requirements": _requirements([]),
        "metadata": given.get("metadata") or {},
        "payouts_enabled": False,
        "requirements": _requirements(DUE),
        "settings": _settings(given),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": kind,
    }
    world.store.put(account)
    return account


def _requirements(due: list[str]) -> dict[str, Any]:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": "requirements.past_due" if due else None,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def _settings(given: dict[str, Any]) -> dict[str, Any]:
    wanted = ((given.get("settings") or {}).get("payouts") or {}).get("schedule") or {}
    return {
        "bacs_debit_payments": {"display_name": None, "service_user_number": None},
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_issuing": {"tos_acceptance": {"date": None, "ip": None}},
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Asia/Shanghai"},
        "invoices": {"default_account_tax_ids": None, "hosted_payment_method_save": None},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 7, "interval": wanted.get("interval", "manual")},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }


def onboard(world: World, found_id: str) -> dict[str, Any]:
    """Let a payee have given all details: transfers and payouts work from now on."""
    account = world.need("account", found_id)
    account.update(
        charges_enabled=True,
        payouts_enabled=True,
        details_submitted=True,
        capabilities=dict.fromkeys(account["capabilities"], "active"),
        requirements=_requirements([]),
    )
    world.store.put(account)
    world.tell("account.updated", account, found_id)
    return account


@operation("GET", "/v1/accounts/{id}")
def retrieve(call: Call) -> dict[str, Any]:
    """Give an account."""
    return call.world.need("account", call.ids["id"])


@operation("POST", "/v1/accounts/{id}", CHANGES)
def update(call: Call) -> dict[str, Any]:
    """Change an account."""
    account, given = call.world.need("account", call.ids["id"]), dict(call.values)
    for name in given.pop("capabilities", {}):
        account["capabilities"].setdefault(name, "inactive")
    account["business_profile"].update(given.pop("business_profile", {}))
    payouts = (given.pop("settings", {}).get("payouts") or {}).get("schedule") or {}
    account["settings"]["payouts"]["schedule"].update(payouts)
    given.pop("company", None)
    change(account, given)
    call.world.tell("account.updated", account, account["id"])
    return call.world.store.put(account)


@operation("DELETE", "/v1/accounts/{id}")
def delete(call: Call) -> dict[str, Any]:
    """Take an account away."""
    account = call.world.need("account", call.ids["id"])
    call.world.store.drop(account["id"])
    return {"id": account["id"], "object": "account", "deleted": True}


@operation("GET", "/v1/accounts", {"created": SPAN}, listing=True)
def list_accounts(call: Call) -> dict[str, Any]:
    """List accounts."""
    return answer_page(call, "account", "/v1/accounts")


@operation(
    "POST",
    "/v1/account_links",
    {
        "account": TEXT.needed,
        "type": choice("account_onboarding", "account_update").needed,
        "refresh_url": TEXT,
        "return_url": TEXT,
        "collect": choice("currently_due", "eventually_due"),
        "collection_options": group(fields=TEXT, future_requirements=TEXT),
    },
)
def link(call: Call) -> dict[str, Any]:
    """Make a link to the page on which a payee gives details."""
    world, given = call.world, call.values
    account = world.need("account", given["account"], param="account", status=400)
    made = {
        "id": world.new_id("accl_"),
        "object": "simulated_account_link",
        "account": account["id"],
        "created": world.now(),
        "expires_at": world.now() + LINK_SECONDS,
        "return_url": given.get("return_url"),
        "refresh_url": given.get("refresh_url"),
    }
    world.store.put(made)
    return {
        "object": "account_link",
        "created": made["created"],
        "expires_at": made["expires_at"],
        "url": f"{world.base}/setup/{made['id']}",
    }
