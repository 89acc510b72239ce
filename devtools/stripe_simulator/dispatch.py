"""From a request to an answer: key, faults, idempotency, one transaction, the error's shape."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from devtools.stripe_simulator.errors import BadParameters, Refused
from devtools.stripe_simulator.fields import read
from devtools.stripe_simulator.forms import read_form
from devtools.stripe_simulator.lists import expand
from devtools.stripe_simulator.operations import Call, match
from devtools.stripe_simulator.world import API_VERSION, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from devtools.stripe_simulator.faults import Rule
    from devtools.stripe_simulator.operations import Operation
    from devtools.stripe_simulator.world import World

#: How long the first answer to an idempotency key is given again.
KEY_SECONDS = 24 * 3600
LONGEST_KEY = 255
WENT_WRONG = Refused(
    "An unknown error occurred (a fault that was asked for).", status=500, kind="api_error"
)


@dataclass
class Request:
    """A request as it came."""

    method: str
    path: str
    text: str
    headers: Mapping[str, str]
    id: str = ""
    struck: list[Rule] = field(default_factory=list)

    @property
    def account(self) -> str:
        """Whose account the call is for; the platform's is ""."""
        return self.header("Stripe-Account")

    @property
    def key(self) -> str:
        """Give the idempotency key, which only POST has."""
        return self.header("Idempotency-Key") if self.method == "POST" else ""

    def meets(self, kind: str) -> bool:
        """Say whether this call goes wrong in this way."""
        return any(rule.kind == kind for rule in self.struck)

    def header(self, name: str) -> str:
        """Give a header or nothing."""
        return self.headers.get(name) or ""


@dataclass
class Answer:
    """What goes back; ``cut`` means that the connection is closed instead."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Dispatcher:
    """Answers requests; any number of threads."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._keys: set[tuple[str, str]] = set()
        self._guard = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """Answer one request, with the faults that are in force."""
        world = self.world
        world.run_timers()
        with world.store.lock:
            request.id = world.new_id("req_", 14)
        request.struck = world.faults.strike(request.method, request.path, world.random)
        try:
            answer = self._answer(request)
        except Refused as refused:
            answer = Answer(refused.status, {"error": plain(refused.body)})
        if request.meets("lost"):
            answer.cut = True
        answer.headers.setdefault("Request-Id", request.id)
        answer.headers["Stripe-Version"] = request.header("Stripe-Version") or API_VERSION
        if request.key:
            answer.headers["Idempotency-Key"] = request.key
        world.store.note_call(
            {
                "method": request.method,
                "path": request.path,
                "sent": request.text,
                "account": request.account,
                "key": request.key,
                "status": answer.status,
                "answer": json.dumps(answer.body, ensure_ascii=False),
            }
        )
        world.wake()
        return answer

    def _answer(self, request: Request) -> Answer:
        _check_key(request)
        account, key = request.account, request.key
        if account and self.world.store.get("account", account) is None:
            raise Refused(
                f"The provided key does not have access to account '{account}' (or that account "
                "does not exist).",
                status=403,
                code="account_invalid",
            )
        if request.meets("rate_limit"):
            raise Refused("Request rate limit exceeded.", status=429, code="rate_limit")
        found = match(request.method, request.path)
        if found is None:
            raise Refused(
                f"Unrecognized request URL ({request.method}: {request.path}). The simulator "
                "does not cover it.",
                status=404,
            )
        if len(key) > LONGEST_KEY:
            raise Refused("The idempotency key is longer than 255 characters.")
        if request.meets("cut"):
            return Answer(0, {}, cut=True)
        if not key:
            return self._run(*found, request)
        with self._guard:
            if (account, key) in self._keys:
                raise Refused(
                    "There is currently another in-progress request using this Idempotent Key. "
                    "Please try again later.",
                    status=409,
                    code="idempotency_key_in_use",
                )
            self._keys.add((account, key))
        try:
            return self._replay(request) or self._run(*found, request)
        finally:
            with self._guard:
                self._keys.discard((account, key))

    def _replay(self, request: Request) -> Answer | None:
        with self.world.store.lock:
            row = self.world.store.rows.execute(
                "SELECT fingerprint, status, body, request_id FROM answers"
                " WHERE account = ? AND key = ? AND created > ?",
                (request.account, request.key, self.world.now() - KEY_SECONDS),
            ).fetchone()
        if row is None:
            return None
        if row[0] != _fingerprint(request):
            raise Refused(
                "Keys for idempotent requests can only be used with the same parameters they "
                f"were first used with. Try using a key other than '{request.key}' if you meant to "
                "execute a different request.",
                kind="idempotency_error",
            )
        headers = {"Idempotent-Replayed": "true", "Original-Request": row[3], "Request-Id": row[3]}
        return Answer(row[1], json.loads(row[2]), headers)

    def _run(self, known: Operation, ids: dict[str, str], request: Request) -> Answer:
        world = self.world
        values = read(read_form(request.text), known.fields)
        time.sleep(sum(rule.seconds for rule in request.struck if rule.kind == "delay"))
        if request.meets("kill_before"):
            os._exit(137)
        with world.store.transaction():
            origin = {"id": request.id, "idempotency_key": request.key or None}
            world.store.remember("request", origin)
            try:
                status, body = 200, self._effect(known, ids, request, values)
            except BadParameters as refused:  # found on a closer look: no effect, no memory
                return Answer(refused.status, {"error": plain(refused.body)})
            except Refused as refused:
                status, body = refused.status, {"error": plain(refused.body)}
            if request.key:
                self._keep(request, status, body)
            world.store.remember("request", {"id": None, "idempotency_key": None})
        if request.meets("kill_after"):
            os._exit(137)
        return Answer(status, body)

    def _effect(
        self, known: Operation, ids: dict[str, str], request: Request, values: dict[str, Any]
    ) -> dict[str, Any]:
        if request.meets("error_before"):
            raise WENT_WRONG
        done = known.run(Call(self.world, values, ids, request.account))
        body: dict[str, Any] = plain(expand(self.world, done, values.get("expand") or []))
        if request.meets("error_after"):
            raise WENT_WRONG
        return body

    def _keep(self, request: Request, status: int, body: dict[str, Any]) -> None:
        """Keep the first answer to a key."""
        self.world.store.rows.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                request.account,
                request.key,
                _fingerprint(request),
                status,
                json.dumps(body),
                request.id,
                self.world.now(),
            ),
        )


def _check_key(request: Request) -> None:
    """Take any test key, as bearer or as user name; refuse none, unknown and live ones."""
    scheme, _, value = request.header("Authorization").partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value).decode().partition(":")[0]
        except ValueError:
            value = ""
    if not value:
        raise Refused(
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth.",
            status=401,
        )
    if not value.startswith(("sk_test_", "rk_test_")):
        raise Refused(
            f"Invalid API Key provided: {value[:4]}*** (the simulator takes test keys only)",
            status=401,
        )


def _fingerprint(request: Request) -> str:
    """Make one value of everything that must be the same when a key is used again."""
    pairs = sorted(parse_qsl(request.text, keep_blank_values=True))
    whole = json.dumps([request.method, request.path, pairs])
    return hashlib.sha256(whole.encode()).hexdigest()
