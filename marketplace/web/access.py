"""Who may call which view: signed-in people unless the view says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from flask import abort, current_app, g, redirect, request, url_for

from marketplace.core.actor import VISITOR, Actor, PlatformRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.typing import ResponseReturnValue

View = TypeVar("View", bound="Callable[..., ResponseReturnValue]")

PUBLIC = "public"
SIGNED_IN = "signed in"


def public(view: View) -> View:
    """Open a view to visitors."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def for_roles(*roles: PlatformRole) -> Callable[[View], View]:
    """Keep a view to holders of one of the platform roles; to all others it does not exist."""

    def mark(view: View) -> View:
        view.access = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: object) -> str | frozenset[PlatformRole]:
    """Give the level a view asks for; the tests keep a table of it."""
    return getattr(view, "access", SIGNED_IN)


def current_actor() -> Actor:
    """Give the actor of this request."""
    return cast("Actor", g.get("actor", VISITOR))


def guard() -> ResponseReturnValue | None:
    """Refuse what the view's level does not allow; runs before every request."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    level = access_of(current_app.view_functions.get(request.endpoint))
    if level == PUBLIC:
        return None
    actor = current_actor()
    if actor.is_visitor:
        if request.method == "GET" and not request.headers.get("HX-Request"):
            here = request.script_root + request.full_path.rstrip("?")
            return redirect(url_for("accounts.sign_in", next=here))
        abort(401)
    if isinstance(level, frozenset) and not level & actor.roles:
        abort(404)
    return None


def install(app: Flask) -> None:
    """Put the guard before every view; actors are set earlier by ``accounts.session``."""
    app.before_request(guard)
