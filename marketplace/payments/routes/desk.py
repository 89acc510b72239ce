"""The desk of a request: what goes to the provider is done outside of the request's transaction."""

from __future__ import annotations

from marketplace.payments.running.desk import Desk
from marketplace.progress.tracking import bind_of
from marketplace.web.clock import now
from marketplace.web.extensions import db, parts


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
