"""Binds amendments to papers, deals and the pages of contract and money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for

from marketplace.amendments import permissions, queries, services
from marketplace.amendments.models import Amendment, AmendmentState
from marketplace.core.errors import NotFound
from marketplace.deals import effects
from marketplace.deals.permissions import may_see
from marketplace.deals.queries.deals import load_deal
from marketplace.papers import registry as papers
from marketplace.papers.models import PaperKind
from marketplace.performance.queries.plans import find_performance
from marketplace.web import panels
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from marketplace.core.actor import Actor

#: Amendments named on the desk.
FEW = 8


def _address(amendment_id: UUID) -> str:
    row = db.session.get(Amendment, amendment_id)
    if row is None:
        raise NotFound
    return url_for("amendments.show", deal_id=row.deal_id, amendment_id=row.id)


def side_panel(deal: Any, actor: Actor) -> str | None:  # noqa: ANN401 — a panel's thing
    """List the amendments beside the contract and its money, and the way to propose one."""
    if find_performance(db.session, deal.id) is None or not may_see(actor, deal):
        return None
    rows = queries.list_amendments(db.session, deal.id)
    is_open = any(row.state is AmendmentState.PROPOSED for row in rows)
    may_propose = permissions.may_propose(actor, deal) and not is_open
    if not rows and not may_propose:
        return None
    return render_template(
        "amendments/_side.html", deal=deal, amendments=rows, may_propose=may_propose
    )


def registration_panel(deal: Any, actor: Actor) -> str | None:  # noqa: ANN401 — a panel's thing
    """Remind beside the registration of changes that are not recorded yet."""
    rows = [
        row
        for row in queries.list_amendments(db.session, deal.id)
        if row.state is AmendmentState.IN_FORCE and row.recorded_on is None
    ]
    if not rows or not may_see(actor, deal):
        return None
    return render_template("amendments/_registration.html", deal=deal, amendments=rows)


def desk_panel(_thing: object, actor: Actor) -> str | None:
    """List the amendments that wait for signatures in the actor's deals."""
    if actor.is_visitor:
        return None
    rows = queries.list_waiting(db.session, actor=actor, limit=FEW)
    if not rows:
        return None
    deals = {row.deal_id: load_deal(db.session, row.deal_id) for row in rows}
    return render_template("amendments/_desk.html", amendments=rows, deals=deals)


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Say who signs amendments and what follows; show them where the contract is shown."""
    papers.register(
        PaperKind.AMENDMENT,
        object_kind=services.OBJECT_KIND,
        may_see=services.may_see,
        may_sign=services.may_sign,
        signed=services.signed,
        address=_address,
        lock=services.hold,
    )
    effects.register("deal_terminated", services.end_with_the_deal)
    panels.fill("contract.side", side_panel)
    panels.fill("performance.show", side_panel)
    panels.fill("contract.registration", registration_panel)
    panels.fill("desk", desk_panel)
