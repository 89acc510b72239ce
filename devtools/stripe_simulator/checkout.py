"""What a buyer does on the page of a Checkout Session, and how a session ends."""

from __future__ import annotations

from typing import Any

from devtools.stripe_simulator import cards, paying
from devtools.stripe_simulator.errors import Refused
from devtools.stripe_simulator.nouns import intents
from devtools.stripe_simulator.world import World, timer


def pay(
    world: World,
    session: dict[str, Any],
    method: dict[str, Any],
    *,
    authenticated: bool = False,
    later: bool = False,
    email: str | None = None,
) -> dict[str, Any]:
    """Pay an open session: completes it, or leaves its intent waiting for the buyer.

    Raises Refused for a session that is not open, and for a decline, which leaves it open.
    """
    account = world.store.owner(session["id"])
    if session["status"] != "open":
        raise Refused(f"This Checkout Session is {session['status']}.", code="session_not_open")
    intent = _intent(world, session, account)
    if email or session["customer_email"]:
        session["_email"] = email or session["customer_email"]
        world.store.put(session, account)
    intent = paying.attempt(
        world, intent, method, account, authenticated=authenticated, later=later
    )
    if intent["status"] == "requires_action":
        return intent
    session.update(
        status="complete",
        payment_status="unpaid"
        if intent["status"] in {"processing", "requires_capture"}
        else "paid",
        url=None,
        customer_details={
            "address": None,
            "business_name": None,
            "email": session.get("_email"),
            "individual_name": None,
            "name": method["billing_details"]["name"],
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    world.store.put(session, account)
    world.unschedule("session.expire", session["id"])
    world.tell("checkout.session.completed", session, account)
    return intent


def _intent(world: World, session: dict[str, Any], account: str) -> dict[str, Any]:
    """Find the session's intent, or make it at the first try to pay."""
    if session["payment_intent"]:
        return world.need("payment_intent", session["payment_intent"], account)
    made = intents.make(
        world,
        {
            **session["_intent"],
            "amount": session["amount_total"],
            "currency": session["currency"],
            "payment_method_types": session["payment_method_types"],
            "return_url": f"{world.base}/c/pay/{session['id']}",
        },
        account,
    )
    made["_session"] = session["id"]
    session["payment_intent"] = made["id"]
    world.store.put(made, account)
    world.store.put(session, account)
    return made


def authenticate(
    world: World, intent: dict[str, Any], *, agreed: bool, later: bool = False
) -> dict[str, Any]:
    """Let the buyer agree at their bank, at Alipay or at WeChat, or refuse.

    Raises Refused when the intent waits for nobody, and for the decline that follows.
    """
    account = world.store.owner(intent["id"])
    if intent["status"] != "requires_action":
        raise Refused(f"This payment is {intent['status']}; nothing waits for the buyer.")
    method = world.need("payment_method", intent["payment_method"], None)
    if not agreed:
        wallet = method["type"] in cards.WALLETS
        does = paying.WALLET_FAILED if wallet else paying.AUTHENTICATION_FAILED
        paying.raise_declined(world, intent, method, does, account)
    if intent["_session"]:
        session = world.need("checkout.session", intent["_session"], account)
        return pay(world, session, method, authenticated=True, later=later)
    return paying.attempt(world, intent, method, account, authenticated=True, later=later)


def expire(world: World, session: dict[str, Any], account: str) -> dict[str, Any]:
    """End an open session and the intent that somebody may have begun."""
    session.update(status="expired", url=None)
    world.store.put(session, account)
    world.unschedule("session.expire", session["id"])
    if session["payment_intent"]:
        intent = world.need("payment_intent", session["payment_intent"], account)
        if intent["status"] in intents.OPEN:
            paying.cancel(world, intent, account, None)
    world.tell("checkout.session.expired", session, account)
    return session


@timer("session.expire")
def expire_by_clock(world: World, found_id: str) -> None:
    """End a session whose time is over."""
    session = world.need("checkout.session", found_id, None)
    if session["status"] == "open":
        expire(world, session, world.store.owner(found_id))


@timer("intent.fail")
def fail(world: World, found_id: str) -> None:
    """Let a payment that was processing fail."""
    intent = world.need("payment_intent", found_id, None)
    if intent["status"] != "processing":
        return
    account = world.store.owner(found_id)
    method = world.need("payment_method", intent["payment_method"], None)
    try:
        paying.raise_declined(world, intent, method, paying.WALLET_FAILED, account)
    except Refused:  # the decline is what was wanted
        if intent["_session"]:
            session = world.need("checkout.session", intent["_session"], None)
            world.tell("checkout.session.async_payment_failed", session, account)
