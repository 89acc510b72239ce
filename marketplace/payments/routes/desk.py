"""The desk of a request: what goes to the provider is done outside of the request's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import make_response

from marketplace.payments.running.desk import Desk
from marketplace.progress.tracking import bind_of
from marketplace.web.clock import now
from marketplace.web.extensions import db, parts
from marketplace.web.headers import POLICY

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue


def open_desk(*, keep: bool) -> Desk:
    """End the request's transaction (keeping what it changed, or not) and give a desk."""
    if keep:
        db.session.commit()
    else:
        db.session.rollback()
    return Desk(bind_of(db.session), parts().gateway, now)


def has_provider() -> bool:
    """Whether payments can be made online."""
    return parts().gateway is not None


def is_test_money() -> bool:
    """Whether no real money moves."""
    gateway = parts().gateway
    return gateway is not None and bool(gateway.is_test)


def leading_out(page: ResponseReturnValue) -> Response:
    """Let the forms of a page lead to the provider's own pages: browsers hold redirects back."""
    response = make_response(page)
    gateway = parts().gateway
    if gateway is not None:
        allowed = " ".join(("form-action 'self'", *gateway.origins))
        response.headers["Content-Security-Policy"] = POLICY.replace("form-action 'self'", allowed)
    return response
