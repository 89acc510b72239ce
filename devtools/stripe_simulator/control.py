"""Control calls under /_control: faults, the clock, buyers, banks, and a look at everything.

Bodies and answers are JSON. A wrong call is answered 400 with ``{"error": "…"}``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, jsonify, request

from devtools.stripe_simulator import cards, checkout, paying
from devtools.stripe_simulator.errors import Refused
from devtools.stripe_simulator.nouns import accounts, disputes, payouts, refunds
from devtools.stripe_simulator.settings import changed
from devtools.stripe_simulator.transactions import keeping_declines
from devtools.stripe_simulator.world import plain

if TYPE_CHECKING:
    from flask import Response

    from devtools.stripe_simulator.deliveries import Deliverer
    from devtools.stripe_simulator.world import World

blueprint = Blueprint("control", __name__, url_prefix="/_control")
LONGEST_WAIT = 60.0


def parts() -> tuple[World, Deliverer]:
    """Give the world and its deliveries."""
    found: tuple[World, Deliverer] = current_app.extensions["simulator"]
    return found


def _given() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if body is None and request.get_data():
        raise ValueError("the body must be JSON")
    if body is not None and not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body or {}


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> tuple[Response, int]:
    """Tell what cannot be done; a card's decline keeps its shape."""
    parts()[0].wake()
    body = plain(error.body)
    return jsonify(error=body["message"], detail=body), error.status


@blueprint.errorhandler(TypeError)
@blueprint.errorhandler(ValueError)
def wrong(error: Exception) -> tuple[Response, int]:
    """Tell what is wrong with a control call."""
    return jsonify(error=str(error)), 400


def _done(thing: Any) -> Response:  # noqa: ANN401 - any JSON
    parts()[0].wake()
    return jsonify(plain(thing))


@blueprint.get("/")
def look() -> Response:
    """Show counts, clock, settings, faults and how many deliveries wait."""
    world, deliverer = parts()
    return jsonify(
        objects=world.store.count(),
        now=world.now(),
        ahead=world.store.fact("ahead", 0),
        settings=asdict(world.settings),
        faults=[asdict(rule) for rule in world.faults.rules],
        webhook=asdict(world.faults.webhook),
        waiting=deliverer.waiting(),
    )


@blueprint.post("/reset")
def reset() -> Response:
    """Forget everything but the endpoints: ``{"seed": 7, "endpoints": false}``."""
    world, given = parts()[0], _given()
    with world.store.transaction():
        kept = world.store.find("webhook_endpoint") if given.get("endpoints", True) else []
        world.store.clear()
        for endpoint in reversed(kept):
            world.store.put(endpoint)
    world.faults.clear()
    world.reseed(given.get("seed"))
    return look()


@blueprint.post("/clock")
def clock() -> Response:
    """Let time pass: ``{"advance": seconds}``; everything due happens before the answer."""
    world = parts()[0]
    seconds = int(_given().get("advance", 0))
    if seconds < 0:
        raise ValueError("advance must not be negative")
    with world.store.lock:
        world.store.remember("ahead", world.store.fact("ahead", 0) + seconds)
    fired = world.run_timers()
    return jsonify(now=world.now(), happened=fired)


@blueprint.post("/settings")
def settings() -> Response:
    """Change fees and delays, by the names in settings.py."""
    world, given = parts()[0], _given()
    with world.store.lock:
        world.store.remember("settings", changed(world.store.fact("settings", {}), given))
    return jsonify(asdict(world.settings))


@blueprint.route("/faults", methods=["GET", "POST", "DELETE"])
def faults() -> Response:
    """Add one rule or ``{"rules": […]}``; DELETE ends all, those of webhooks too."""
    world = parts()[0]
    if request.method == "POST":
        given = _given()
        world.faults.add(given.get("rules") or [given])
    if request.method == "DELETE":
        world.faults.clear()
    return jsonify([asdict(rule) for rule in world.faults.rules])


@blueprint.post("/webhooks")
def webhooks() -> Response:
    """Say what becomes of deliveries: delay, duplicate, shuffle, drop, lose."""
    world = parts()[0]
    world.faults.set_webhook(_given())
    return jsonify(asdict(world.faults.webhook))


@blueprint.get("/webhooks/idle")
def idle() -> Response:
    """Wait until no delivery is pending, at most ``?seconds=``; answer how many are left."""
    seconds = min(float(request.args.get("seconds", "10")), LONGEST_WAIT)
    return jsonify(waiting=parts()[1].wait(seconds))


@blueprint.post("/events/<event>/resend")
def resend(event: str) -> Response:
    """Send an event again."""
    return jsonify(planned=parts()[1].again(event))


@blueprint.get("/deliveries")
def deliveries() -> Response:
    """List every delivery with its attempts and state."""
    names = ("event", "endpoint", "due", "attempts", "state", "status")
    store = parts()[0].store
    with store.lock:
        rows = store.rows.execute(
            f"SELECT {', '.join(names)} FROM deliveries ORDER BY seq"  # noqa: S608 - own names
        ).fetchall()
    return jsonify([dict(zip(names, row, strict=True)) for row in rows])


@blueprint.post("/sessions/<found>/complete")
def complete(found: str) -> Response:
    """Pay as a buyer without a browser.

    ``{"method": "card", "number": "4242…", "agree": true, "later": false, "email": "…"}``;
    a decline answers 402 and leaves the session open. The simulated bank, Alipay or WeChat
    agrees unless ``agree`` is false; null leaves the payment waiting there.
    """
    world, given = parts()[0], _given()
    kind = given.get("method", "card")
    if kind not in cards.METHODS:
        raise ValueError(f"method must be one of {', '.join(cards.METHODS)}")
    with keeping_declines(world):
        session = world.need("checkout.session", found, None)
        method = cards.make_method(world, kind, given.get("number", "4242424242424242"))
        later = bool(given.get("later"))
        intent = checkout.pay(world, session, method, later=later, email=given.get("email"))
        agree = given.get("agree", True)
        if intent["status"] == "requires_action" and agree is not None:
            checkout.authenticate(world, intent, agreed=bool(agree), later=later)
    return _done(world.need("checkout.session", found, None))


@blueprint.post("/intents/<found>/agree")
def agree(found: str) -> Response:
    """Let the buyer agree at their bank or wallet: ``{"agree": true, "later": false}``."""
    world, given = parts()[0], _given()
    with keeping_declines(world):
        intent = world.need("payment_intent", found, None)
        checkout.authenticate(
            world, intent, agreed=given.get("agree", True), later=bool(given.get("later"))
        )
    return _done(world.need("payment_intent", found, None))


@blueprint.post("/intents/<found>/settle")
def settle(found: str) -> Response:
    """End a processing payment: ``{"succeed": true}``."""
    world = parts()[0]
    with world.store.transaction():
        world.unschedule("intent.settle", found)
        (paying.settle if _given().get("succeed", True) else checkout.fail)(world, found)
    return _done(world.need("payment_intent", found, None))


@blueprint.post("/refunds/<found>/<what>")
def end_refund(found: str, what: str) -> Response:
    """Let a refund ``succeed`` or ``fail``; one that succeeded may still fail."""
    world = parts()[0]
    ends = {"succeed": refunds.succeed, "fail": refunds.fail}
    if what not in ends:
        raise ValueError("a refund may succeed or fail")
    with world.store.transaction():
        ends[what](world, found)
    return _done(world.need("refund", found, None))


@blueprint.post("/disputes")
def open_dispute() -> Response:
    """Open a dispute over a ``charge`` or ``payment_intent``, of an ``amount`` if not all."""
    world, given = parts()[0], _given()
    charge_id = given.get("charge")
    if not charge_id:
        intent = world.need("payment_intent", given.get("payment_intent", ""), None)
        charge_id = intent["latest_charge"] or ""
    with world.store.transaction():
        charge = world.need("charge", charge_id, None)
        made = disputes.open_dispute(
            world, charge, given.get("amount"), given.get("reason", "fraudulent")
        )
    return _done(made)


@blueprint.post("/disputes/<found>/close")
def close_dispute(found: str) -> Response:
    """Close a dispute with ``status`` won or lost."""
    world = parts()[0]
    with world.store.transaction():
        dispute = world.need("dispute", found, None)
        return _done(disputes.close(world, dispute, _given().get("status", "lost")))


@blueprint.post("/payouts/<found>/<what>")
def end_payout(found: str, what: str) -> Response:
    """Let a payout be paid (``pay``) or come back from the bank (``fail``)."""
    world = parts()[0]
    with world.store.transaction():
        payout = world.need("payout", found, None)
        if what == "fail":
            payouts.fail(world, payout)
        elif what == "pay":
            payouts.pay(world, found)
        else:
            raise ValueError("a payout may pay or fail")
    return _done(world.need("payout", found, None))


@blueprint.post("/accounts/<found>/onboard")
def onboard(found: str) -> Response:
    """Let a payee have given all details."""
    world = parts()[0]
    with world.store.transaction():
        return _done(accounts.onboard(world, found))


@blueprint.get("/objects")
@blueprint.get("/objects/<kind>")
def objects(kind: str | None = None) -> Response:
    """List objects oldest first, of every account; all kinds, or one: charge, refund, …."""
    store = parts()[0].store
    kinds = [kind] if kind else list(store.count())
    listed = [plain(each) for name in kinds for each in store.find(name, None, oldest_first=True)]
    return jsonify(listed)


@blueprint.get("/calls")
def calls() -> Response:
    """List the calls made with their answers, oldest first."""
    found = parts()[0].store.calls()
    return jsonify([{**call, "answer": json.loads(call["answer"])} for call in found])
