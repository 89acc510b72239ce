"""Puts the city's figures on the desk of those who read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from marketplace.city import queries
from marketplace.city.queries import Dimension
from marketplace.city.targets import list_targets
from marketplace.deals.models import RUNNING
from marketplace.web import panels
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.templating import local

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.core.actor import Actor


def desk(_thing: object, actor: Actor) -> str | None:
    """Show officers the deals by stage, what was registered this year, and the targets."""
    if not (actor.is_city_officer or actor.is_administrator):
        return None
    today = local(now()).date()
    counts = {one.key: one.deals for one in queries.count_deals(db.session, Dimension.STAGE)}
    contracts, minor = queries.registered_since(db.session, today.replace(month=1, day=1))
    return render_template(
        "city/_desk.html",
        stages=[(stage, counts[stage]) for stage in RUNNING if counts.get(stage)],
        outcome=queries.outcome(db.session),
        contracts=contracts,
        minor=minor,
        targets=list_targets(db.session, today),
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Fill the desk."""
    panels.fill("desk", desk, rank=-1)
