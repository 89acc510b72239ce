"""The web server: Stripe's interface under /v1, the buyer's pages, the control calls."""

from __future__ import annotations

import importlib
import pkgutil
import socket
import threading
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from devtools.stripe_simulator import nouns
from devtools.stripe_simulator.control import blueprint as control
from devtools.stripe_simulator.deliveries import Deliverer
from devtools.stripe_simulator.dispatch import Dispatcher, Request
from devtools.stripe_simulator.pages import blueprint as pages
from devtools.stripe_simulator.store import Store
from devtools.stripe_simulator.world import World

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

HOST = "127.0.0.1"
NAMES = {HOST, "localhost"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Handler(WSGIRequestHandler):
    """Keeps connections open and says nothing on the terminal."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: a test makes thousands of calls."""

    def connection_dropped(self, error: BaseException, environ: object = None) -> None:
        """Say nothing: a lost response closes the connection on purpose."""


def load_nouns() -> None:
    """Import every noun, so that its operations and timers are known."""
    for found in pkgutil.iter_modules(nouns.__path__):
        importlib.import_module(f"{nouns.__name__}.{found.name}")


def create_app(world: World, deliverer: Deliverer) -> Flask:
    """Make the application."""
    load_nouns()
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    dispatcher = Dispatcher(world)
    app.extensions["simulator"] = (world, deliverer)
    app.register_blueprint(pages)
    app.register_blueprint(control)

    @app.before_request
    def only_here() -> None:
        """Refuse other host names: a web page elsewhere must not reach these calls."""
        if request.host.rpartition(":")[0] not in NAMES:
            abort(403)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.route("/v1/<path:rest>", methods=["GET", "POST", "DELETE"])
    def api(rest: str) -> Response:
        """Answer a call of Stripe's interface."""
        query, body = request.query_string.decode(), request.get_data(as_text=True)
        text = "&".join(part for part in (query, body) if part)
        answer = dispatcher.answer(
            Request(request.method, f"/v1/{rest}", text, dict(request.headers))
        )
        if answer.cut:
            _hang_up()
        response = jsonify(answer.body)
        response.status_code = answer.status or 500
        response.headers.update(answer.headers)
        return response

    return app


def _hang_up() -> None:
    """Close the connection, so that the answer gets lost."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)


class Simulator:
    """A running simulator; ``port`` 0 takes a free one."""

    def __init__(self, port: int = 0, *, store: str | None = None, seed: int | None = None) -> None:
        self.store = Store(store)
        self.world = World(self.store, base="", seed=seed)
        self.deliverer = Deliverer(self.world)
        app = create_app(self.world, self.deliverer)
        self.server: BaseWSGIServer = make_server(
            HOST, port, app, threaded=True, request_handler=Handler
        )
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        self.world.base = f"http://{HOST}:{self.server.server_port}"

    def run(self) -> None:
        """Serve until stopped."""
        self.deliverer.start()
        try:
            self.server.serve_forever(poll_interval=0.05)
        finally:
            self.deliverer.stop()
            self.server.server_close()
            self.store.close()

    def start(self) -> None:
        """Serve in a thread of this process, for a test that needs no process of its own."""
        self._thread = threading.Thread(target=self.run, daemon=True, name="simulator")
        self._thread.start()

    def stop(self) -> None:
        """Stop what ``start`` began."""
        self.server.shutdown()
        self._thread.join()
