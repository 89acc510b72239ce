"""Binds contracts to deals (guards, effects, tab) and to papers (who sees, signs, what follows)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from sqlalchemy import select

from marketplace.contracts import queries
from marketplace.contracts.permissions import SIGNED
from marketplace.contracts.services import drawing
from marketplace.core.messages import N_
from marketplace.deals import effects, guards, tabs
from marketplace.deals.models import Deal, DealStage
from marketplace.deals.permissions import own_to, role_of
from marketplace.papers import registry as papers
from marketplace.papers.models import PaperKind
from marketplace.web import panels
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from marketplace.core.actor import Actor

#: Contracts named on the desk.
FEW = 8
#: Stages from which on a contract has something to show.
_TALKING = frozenset({DealStage.INQUIRY, DealStage.CONFIDENTIALITY, DealStage.DUE_DILIGENCE})


def _address(deal_id: UUID) -> str:
    return url_for("contracts.show", deal_id=deal_id)


def _panel(deal: Any, actor: Actor) -> str | None:  # noqa: ANN401 — a panel's thing
    """Say on the deal's page how its contract stands."""
    contract = queries.find_contract(db.session, deal.id)
    if contract is None and deal.stage is not DealStage.NOTICE:
        return None
    return render_template(
        "contracts/_panel.html",
        deal=deal,
        contract=contract,
        registration=queries.find_registration(db.session, contract) if contract else None,
        role=role_of(actor, deal),
    )


def _desk(_thing: object, actor: Actor) -> str | None:
    """List signed contracts of the actor's deals that wait for registration."""
    if actor.is_visitor:
        return None
    own = db.session.scalars(select(Deal.id).where(own_to(actor), Deal.stage.in_(SIGNED))).all()
    waiting = queries.list_unregistered(db.session, own)[:FEW] if own else []
    return render_template("contracts/_desk.html", contracts=waiting) if waiting else None


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Answer the guards, follow the effects, and say who signs contracts."""
    guards.register("contract_signed", drawing.unsigned)
    guards.register("contract_unsigned", drawing.already_signed)
    effects.register("terms_reopened", drawing.terms_reopened)
    tabs.register(
        "contracts.show",
        N_("Contract"),
        40,
        shown=lambda deal: deal.stage not in _TALKING,
    )
    papers.register(
        PaperKind.CONTRACT,
        object_kind=drawing.OBJECT_KIND,
        may_see=drawing.may_see,
        may_sign=drawing.may_sign,
        signed=drawing.signed,
        address=_address,
        lock=drawing.hold,
    )
    panels.fill("deal.contract", _panel)
    panels.fill("desk", _desk, rank=-1)
