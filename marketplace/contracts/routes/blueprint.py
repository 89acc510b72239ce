"""The one blueprint that all pages of contracts hang on, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint

from marketplace.contracts import permissions, queries
from marketplace.contracts.services.drawing import current_paper
from marketplace.core.errors import NotFound
from marketplace.deals.queries.deals import get_deal
from marketplace.deals.routes.blueprint import frame
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.templating import local

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from marketplace.contracts.models import Contract
    from marketplace.deals.models import Deal

bp = Blueprint("contracts", __name__, url_prefix="/deals/<uuid:deal_id>/contract")


def the_deal(deal_id: UUID) -> Deal:
    """Give a deal that the person may know of, or answer 404."""
    return get_deal(db.session, deal_id, actor=current_actor())


def signed_contract(deal: Deal) -> Contract:
    """Give the deal's signed contract, or answer 404."""
    contract = queries.find_contract(db.session, deal.id)
    if contract is None or contract.signed_at is None:
        raise NotFound
    return contract


def today() -> date:
    """Give this day in Beijing."""
    return local(now()).date()


def shared(deal: Deal, contract: Contract | None) -> dict[str, Any]:
    """Give what all pages of a contract show."""
    actor = current_actor()
    return {
        **frame(deal, "contracts.show"),
        "contract": contract,
        "paper": current_paper(db.session, deal.id),
        "today": today(),
        "may_draw_up": permissions.may_draw_up(actor, deal),
        "may_register": permissions.may_register(actor, deal),
        "may_claim": permissions.may_claim(actor, deal),
    }


def check_url(deal: Deal) -> str:
    """Give the address that stands as QR code on the contract; empty without a text."""
    paper = current_paper(db.session, deal.id)
    return f"{settings().base_url}/check/{paper.sha256}" if paper else ""
