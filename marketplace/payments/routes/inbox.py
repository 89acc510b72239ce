"""Where the provider's events arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, request

from marketplace.payments.gateway.protocol import Forged
from marketplace.payments.routes.paying import bp
from marketplace.payments.running import inbox
from marketplace.web.access import public
from marketplace.web.clock import now
from marketplace.web.extensions import csrf, db, parts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: No event is larger (bytes).
LARGEST = 1024 * 1024


@bp.post("/inbox")
@public
@csrf.exempt  # type: ignore[untyped-decorator]
def receive_event() -> ResponseReturnValue:
    """Store a genuine event once and say so at once, whatever its type; a job works on it."""
    gateway = parts().gateway
    if gateway is None:
        abort(404)
    if (request.content_length or 0) > LARGEST:
        abort(413)
    try:
        event = gateway.read_event(
            request.get_data(cache=False), request.headers.get("Stripe-Signature", "")
        )
    except Forged:
        abort(400)
    inbox.store(db.session, event, now=now())
    return "", 200
