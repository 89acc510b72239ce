"""The one blueprint that all pages of terms hang on, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash
from flask_babel import gettext

from marketplace.core.errors import RuleBroken
from marketplace.deals.queries.deals import get_deal
from marketplace.deals.routes.blueprint import licensee_name, name_of
from marketplace.listings.models import IpRightKind
from marketplace.terms import permissions
from marketplace.terms.kinds import Side
from marketplace.terms.queries import offers as queries
from marketplace.terms.rules import law
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.rules.law import Context
from marketplace.terms.wording import LABELS, Wording
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.pages import flash_refusal, see_other

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from werkzeug.wrappers import Response

    from marketplace.deals.models import Deal
    from marketplace.terms.rules.articles import Note
    from marketplace.terms.value import Terms

bp = Blueprint("terms", __name__)

_PATENTS = frozenset({IpRightKind.INVENTION_PATENT, IpRightKind.UTILITY_MODEL, IpRightKind.DESIGN})


def wording() -> Wording:
    """Give what turns terms into words of this request's language."""
    return Wording(say=gettext)


def today() -> date:
    """Give this day in Beijing."""
    return beijing_day(now())


def the_deal(deal_id: UUID) -> Deal:
    """Give the deal if the actor may know of it."""
    return get_deal(db.session, deal_id, actor=current_actor())


def side_names(deal: Deal) -> dict[Side, str]:
    """Give who stands on which side; a licensee that keeps its name hidden has none yet."""
    return {
        Side.LICENSOR: name_of(deal.licensor),
        Side.LICENSEE: licensee_name(deal) or gettext("An enterprise that isn't named yet"),
    }


def context_of(deal: Deal) -> Context:
    """Give what the notes of the law need to know of the deal."""
    rights = queries.rights_of(db.session, deal.listing_id) if deal.listing_id else []
    return Context(
        has_patent=any(right.kind in _PATENTS for right in rights),
        is_open_license=bool(deal.listing and deal.listing.open_license),
        is_public_licensor=permissions.is_public_body(deal.licensor),
    )


def notes_of(terms: Terms, deal: Deal) -> dict[str, list[Note]]:
    """Give the law's notes by field; a field without one has an empty list."""
    found = law.by_field(law.notes(terms, context_of(deal)))
    return {name: found.get(name, []) for name in LABELS}


def stepped(address: str, step: Callable[[], object], done: str) -> Response:
    """Take a step and go to a page that says what became of it."""
    try:
        step()
    except RuleBroken as error:
        flash_refusal(error)
    else:
        flash(done, "success")
    return see_other(address)
