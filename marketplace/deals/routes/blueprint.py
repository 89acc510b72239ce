"""The blueprint of all deal pages, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, url_for

from marketplace.accounts.queries import names_of
from marketplace.deals import permissions
from marketplace.deals.models import DealRole
from marketplace.deals.queries.deals import get_deal
from marketplace.deals.services.contacts import name_is_hidden
from marketplace.deals.tabs import tabs_of
from marketplace.web.access import current_actor
from marketplace.web.extensions import db
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from marketplace.deals.models import Deal
    from marketplace.managers.models import ManagerProfile
    from marketplace.organizations.models import Organization

bp = Blueprint("deals", __name__, url_prefix="/deals")


def found(deal_id: UUID) -> Deal:
    """Give a deal that the person may know of, or answer 404."""
    return get_deal(db.session, deal_id, actor=current_actor())


def title_of(deal: Deal) -> str:
    """Give a deal's title in the reader's language where there is one."""
    return (deal.title_en or deal.title) if current_language() == "en" else deal.title


def name_of(thing: Organization | ManagerProfile) -> str:
    """Give a name in the reader's language where there is one."""
    return (thing.name_en or thing.name) if current_language() == "en" else thing.name


def licensee_name(deal: Deal) -> str | None:
    """Give the licensee's name, None while it is hidden from this reader."""
    return None if name_is_hidden(current_actor(), deal) else name_of(deal.licensee)


def sides(deal: Deal) -> list[DealRole]:
    """Give the sides that are in a deal."""
    known = [DealRole.LICENSOR, DealRole.LICENSEE]
    return [*known, DealRole.MANAGER] if deal.manager_accepted_at is not None else known


def version_typed(typed: str | None) -> int | None:
    """Read the version that a page was made of; None when it sent none."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() else None


def people_named(deal: Deal, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Give the names of people in a deal; a hidden licensee's people are not among them."""
    wanted = {one for one in ids if one is not None}
    return names_of(db.session, wanted) if not name_is_hidden(current_actor(), deal) else {}


def frame(deal: Deal, here: str) -> dict[str, Any]:
    """Give what every page of one deal shows: title, tabs, the reader's role."""
    actor = current_actor()
    return {
        "deal": deal,
        "title": title_of(deal),
        "role": permissions.role_of(actor, deal),
        "may_act": permissions.may_act(actor, deal) and deal.is_running,
        "licensor_name": name_of(deal.licensor),
        "licensee_name": licensee_name(deal),
        "manager_name": name_of(deal.manager)
        if deal.manager is not None and deal.manager_accepted_at is not None
        else None,
        "deal_tabs": [
            (tab.label, url_for(tab.endpoint, deal_id=deal.id), tab.endpoint == here)
            for tab in tabs_of(deal)
        ],
    }
