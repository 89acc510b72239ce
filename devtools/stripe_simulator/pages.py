"""The pages a buyer or a payee sees: checkout, bank, wallets, payee's details."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import segno
from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for

from devtools.stripe_simulator import cards, checkout, texts
from devtools.stripe_simulator.errors import Refused
from devtools.stripe_simulator.nouns import accounts
from devtools.stripe_simulator.transactions import keeping_declines

if TYPE_CHECKING:
    from devtools.stripe_simulator.world import World

blueprint = Blueprint("pages", __name__)
EXPIRY = re.compile(r"\s*(\d{1,2})\s*/\s*(?:20)?(\d{2})\s*")
SEE_OTHER = 303
DECEMBER = 12


def _world() -> World:
    world: World = current_app.extensions["simulator"][0]
    return world


def _language(wish: str | None = None) -> str:
    """Choose by the address, the session's wish, then the browser."""
    for asked in (request.values.get("lang"), wish):
        if asked in {"zh", "zh-HK", "zh-TW"}:
            return "zh"
        if asked and asked != "auto":
            return "en"
    return request.accept_languages.best_match(["zh", "zh-CN", "en"], "zh")[:2]


def _show(template: str, status: int = 200, wish: str | None = None, **values: Any) -> Any:  # noqa: ANN401 - Flask's answer
    language = _language(wish)
    return render_template(
        template,
        language=language,
        other="en" if language == "zh" else "zh",
        say=lambda name: texts.say(language, name),
        money=texts.money,
        **values,
    ), status


@blueprint.errorhandler(Refused)
def missing(error: Refused) -> Any:  # noqa: ANN401 - Flask's answer
    """Say in words that there is no such page, or nothing to do on it."""
    return _show("message.html", error.status, title="missing", text=None, link=None)


@blueprint.get("/c/pay/<found>")
def pay(found: str) -> Any:  # noqa: ANN401 - Flask's answer
    """Show what is to pay and the ways to pay it."""
    world = _world()
    world.run_timers()
    session = world.need("checkout.session", found, None)
    return _checkout(session, {}, request.args.get("error"))


def _checkout(session: dict[str, Any], typed: dict[str, str], error: str | None) -> Any:  # noqa: ANN401
    wish = session["locale"]
    if session["status"] == "complete":
        return _show(
            "message.html", wish=wish, title="complete", text=None, link=_after_success(session)
        )
    if session["status"] == "expired":
        return _show(
            "message.html",
            wish=wish,
            title="expired",
            text="expired_more",
            link=session["cancel_url"],
        )
    return _show(
        "checkout.html",
        400 if error and request.method == "POST" else 200,
        wish,
        session=session,
        lines=session["_line_items"]["data"],
        manual=session["_intent"].get("capture_method") == "manual",
        typed=typed,
        error=error,
        numbers=texts.SHOWN_NUMBERS,
        chosen=typed.get("method") or session["payment_method_types"][0],
    )


def _after_success(session: dict[str, Any]) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


@blueprint.post("/c/pay/<found>")
def submit(found: str) -> Any:  # noqa: ANN401 - Flask's answer
    """Take the buyer's choice: pay, go on to bank or wallet, or show what is wrong."""
    world = _world()
    world.run_timers()
    session = world.need("checkout.session", found, None)
    typed = {name: value.strip() for name, value in request.form.items()}
    kind = typed.get("method", "")
    error = "bad_method" if kind not in session["payment_method_types"] else None
    if kind == "card":
        error = _look_over(typed)
    if error or session["status"] != "open":
        return _checkout(session, typed, error)
    try:
        with keeping_declines(world):
            session = world.need("checkout.session", found, None)
            number = re.sub(r"[\s-]", "", typed.get("number", ""))
            method = cards.make_method(
                world,
                kind,
                number,
                {"name": typed.get("holder") or None, "email": typed.get("email") or None},
            )
            intent = checkout.pay(world, session, method, email=typed.get("email"))
    except Refused as refused:
        world.wake()
        session = world.need("checkout.session", found, None)
        return _checkout(session, typed, _reason(refused))
    world.wake()
    if intent["status"] == "requires_action":
        return redirect(
            url_for("pages.confirm", found=intent["id"], lang=request.values.get("lang")),
            SEE_OTHER,
        )
    return redirect(_after_success(session), SEE_OTHER)


def _reason(refused: Refused) -> str:
    return str(refused.body.get("decline_code") or refused.body.get("code") or "generic_decline")


def _look_over(typed: dict[str, str]) -> str | None:
    """Find what is wrong with a typed card."""
    if not cards.is_number(re.sub(r"[\s-]", "", typed.get("number", ""))):
        return "bad_number"
    found = EXPIRY.fullmatch(typed.get("expiry", ""))
    now = datetime.now(UTC)
    if (
        not found
        or not 1 <= int(found[1]) <= DECEMBER
        or (int(found[2]), int(found[1])) < (now.year % 100, now.month)
    ):
        return "bad_expiry"
    return None if re.fullmatch(r"\d{3,4}", typed.get("cvc", "")) else "bad_cvc"


@blueprint.get("/pay/<found>/confirm")
def confirm(found: str) -> Any:  # noqa: ANN401 - Flask's answer
    """Show the bank's, Alipay's or WeChat's page."""
    world = _world()
    world.run_timers()
    intent = world.need("payment_intent", found, None)
    if intent["status"] != "requires_action":
        return _show("message.html", title="nothing", text=None, link=_way_back(world, intent))
    method = world.need("payment_method", intent["payment_method"], None)
    place = {"alipay": "alipay", "wechat_pay": "wechat"}.get(method["type"], "bank")
    return _show("confirm.html", wish=_wish(world, intent), intent=intent, place=place)


def _wish(world: World, intent: dict[str, Any]) -> str | None:
    if not intent["_session"]:
        return None
    wish: str | None = world.need("checkout.session", intent["_session"], None)["locale"]
    return wish


@blueprint.post("/pay/<found>/confirm")
def answer(found: str) -> Any:  # noqa: ANN401 - Flask's answer
    """Take the buyer's answer at the bank or wallet, and send them on."""
    world = _world()
    world.run_timers()
    wanted = request.form.get("answer", "refuse")
    error = None
    try:
        with keeping_declines(world):
            intent = world.need("payment_intent", found, None)
            checkout.authenticate(world, intent, agreed=wanted != "refuse", later=wanted == "later")
    except Refused as refused:
        error = _reason(refused)
    world.wake()
    return redirect(_way_back(world, world.need("payment_intent", found, None), error), SEE_OTHER)


def _way_back(world: World, intent: dict[str, Any], error: str | None = None) -> str:
    """Say where the buyer goes from the bank or wallet."""
    lang = request.values.get("lang")
    if intent["_session"]:
        session = world.need("checkout.session", intent["_session"], None)
        if session["status"] == "complete":
            return _after_success(session)
        return url_for("pages.pay", found=session["id"], error=error, lang=lang)
    back = intent["_return_url"] or world.base
    status = "failed" if intent["status"] == "requires_payment_method" else "succeeded"
    told = urlencode(
        {
            "payment_intent": intent["id"],
            "redirect_status": status,
            "payment_intent_client_secret": intent["client_secret"],
        }
    )
    return f"{back}{'&' if '?' in back else '?'}{told}"


@blueprint.get("/pay/<found>/code.svg")
def code(found: str) -> Response:
    """Draw the code that stands for WeChat's."""
    intent = _world().need("payment_intent", found, None)
    drawn = io.BytesIO()
    address = f"{_world().base}/pay/{intent['id']}/confirm"
    segno.make(address, error="m").save(drawn, kind="svg", scale=5, border=2, light="white")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@blueprint.route("/setup/<found>", methods=["GET", "POST"])
def setup(found: str) -> Any:  # noqa: ANN401 - Flask's answer
    """Stand in for the page on which a payee gives details."""
    world = _world()
    made = world.need("simulated_account_link", found, None)
    if request.method == "POST":
        if request.form.get("answer") == "agree":
            with world.store.transaction():
                accounts.onboard(world, made["account"])
            world.wake()
        return redirect(made["return_url"] or world.base, SEE_OTHER)
    if world.now() > made["expires_at"]:
        return _show("message.html", 410, title="link_expired", text=None, link=made["refresh_url"])
    return _show("setup.html", account=world.need("account", made["account"]))
