"""Builds the application: a list to be read from top to bottom."""

from __future__ import annotations

from datetime import timedelta
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, current_app, request, url_for
from flask_babel import gettext
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from marketplace import cli, domains, relay, worker
from marketplace.accounts import session as account_session
from marketplace.core import sealing
from marketplace.core.actor import PlatformRole
from marketplace.web import (
    access,
    assets,
    compression,
    headers,
    liveness,
    pages,
    restricted,
    signs,
    templating,
    tongues,
    transactions,
)
from marketplace.web.access import current_actor
from marketplace.web.embedded import alchemy_address
from marketplace.web.extensions import babel, csrf, db, limiter
from marketplace.web.languages import LOCALES, LanguagePrefix, compile_catalogues, current_language
from marketplace.web.parts import Parts

if TYPE_CHECKING:
    from config import Settings

ROOT = Path(__file__).parents[1]


class _Request(Request):
    #: Forms are text; files have the limit of the settings.
    max_form_memory_size = 2 * 1024 * 1024
    max_form_parts = 2000


def create_app(settings: Settings) -> Flask:
    """Build the application that the settings describe."""
    app = Flask(
        "hanqiao",
        root_path=str(ROOT),
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    app.request_class = _Request
    _configure(app, settings)
    sealing.use(settings.secret_key, *settings.old_secret_keys)
    app.extensions["hanqiao.settings"] = settings
    app.extensions["hanqiao.parts"] = Parts(settings)
    db.init_app(app)
    _spare_threads(app)
    restricted.install(app)
    with app.app_context():
        liveness.watch(db.engine)
    csrf.init_app(app)
    limiter.init_app(app)
    babel.init_app(
        app,
        locale_selector=lambda: LOCALES[current_language()],
        timezone_selector=lambda: "Asia/Shanghai",
    )
    templating.install(app, navigation)
    assets.install(app)
    signs.install(app)
    # Order matters: the actor first, then the guard that judges it.
    account_session.install(app)
    access.install(app)
    # Flask runs what follows in reverse order: commit, headers, languages, compression.
    compression.install(app)
    tongues.install(app)
    headers.install(app)
    transactions.install(app)
    pages.install(app)
    worker.install(app)
    _register(app)
    app.wsgi_app = LanguagePrefix(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(ROOT / "static"),
        prefix="static/",
        allow_all_origins=False,
        autorefresh=settings.is_development,
        immutable_file_test=lambda _path, _url: True,
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count
        )
    return app


def _spare_threads(app: Flask) -> None:
    """Leave out the ending of asynchronous sessions, of which there are none.

    Flask would start a thread for it at the end of every request.
    """
    ends = app.teardown_appcontext_funcs
    ends[:] = [end for end in ends if not iscoroutinefunction(end)]


def _configure(app: Flask, settings: Settings) -> None:
    catalogues = compile_catalogues() or ["messages"]
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        TESTING=settings.environment == "test",
        SESSION_COOKIE_NAME="hanqiao",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        MAX_CONTENT_LENGTH=settings.upload_limit_bytes + 1024 * 1024,
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        WTF_CSRF_SSL_STRICT=False,
        RATELIMIT_ENABLED=settings.rate_limits,
        RATELIMIT_HEADERS_ENABLED=True,
        BABEL_DEFAULT_LOCALE="zh",
        # Each catalogue is looked for in the folder of the same place in this list.
        BABEL_TRANSLATION_DIRECTORIES=";".join([str(ROOT / "translations")] * len(catalogues)),
        BABEL_DOMAIN=";".join(catalogues),
        SQLALCHEMY_ENGINES={
            "default": {
                "url": alchemy_address(settings.database_url or ""),
                "pool_size": settings.web_threads,
                "max_overflow": 4,
                "pool_timeout": 5,
                "connect_args": {"connect_timeout": 3, "options": "-c statement_timeout=30000"},
            }
        },
    )


def _register(app: Flask) -> None:
    """Bind every domain's views, panels, hearers and commands; see ``domains.py``."""
    for module in domains.parts("routes"):
        for blueprint in getattr(module, "blueprints", None) or (module.bp,):
            app.register_blueprint(blueprint)
    for module in domains.parts("wiring"):
        module.install(app)
    relay.gather()
    cli.install(app)


def navigation() -> list[dict[str, Any]]:
    """Give the entries of the site's main navigation that this actor may open."""
    actor = current_actor()
    entries: list[tuple[str, str, bool]] = [
        ("discovery.listings", gettext("Technologies"), True),
        ("discovery.needs", gettext("Needs"), True),
        ("discovery.facilities", gettext("Centres and platforms"), True),
        ("discovery.managers", gettext("Managers"), True),
        ("matching.index", gettext("Matches"), bool(actor.memberships)),
        ("deals.index", gettext("Deals"), bool(actor.memberships)),
        ("desk.index", gettext("My desk"), not actor.is_visitor),
        ("city.deals", gettext("City"), actor.is_city_officer),
        (
            "administration.index",
            gettext("Platform"),
            bool(actor.roles & {PlatformRole.ADMINISTRATOR, PlatformRole.REVIEWER}),
        ),
    ]
    return [
        {"url": url_for(endpoint), "label": label, "active": request.endpoint == endpoint}
        for endpoint, label, shown in entries
        if shown and endpoint in current_app.view_functions
    ]
