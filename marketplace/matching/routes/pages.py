"""Matches of one need, of one listing, and of all of a person's organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, g, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from marketplace.core.errors import NotFound
from marketplace.listings.models import Listing
from marketplace.listings.permissions import visible_to as listings_visible_to
from marketplace.matching import permissions
from marketplace.matching.cards import Reader, cards_of, title_of
from marketplace.matching.models import Side
from marketplace.matching.queries import matches as queries
from marketplace.matching.reasons import Wording
from marketplace.matching.services.making import is_waiting
from marketplace.needs.models import Need
from marketplace.needs.permissions import visible_to as needs_visible_to
from marketplace.web.access import current_actor, public
from marketplace.web.arguments import page_number
from marketplace.web.extensions import db, parts
from marketplace.web.languages import current_language
from marketplace.web.templating import money

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.core.actor import Actor

bp = Blueprint("matching", __name__)

#: Matches on the page of a need or listing; the full list has pages.
ON_PANEL = 3


def reader() -> Reader:
    """Give who reads this page."""
    wording = Wording(language=current_language(), translate=gettext, money=money)
    return Reader(actor=current_actor(), wording=wording)


def wants_personal() -> bool:
    """Whether the signed-in person wants suggestions at all."""
    return g.user is not None and g.user.personal_matching


def search_answers() -> bool:
    """Whether new matches can be made just now; stored ones are shown in any case."""
    return bool(parts().search.health().ok)


def _show() -> queries.Show:
    return queries.Show(aside=request.args.get("show") == "aside", page=page_number())


def _record(side: Side, record_id: UUID, actor: Actor) -> Any:  # noqa: ANN401 — a need or listing
    table: Any = Need if side is Side.NEED else Listing
    visible = needs_visible_to(actor) if side is Side.NEED else listings_visible_to(actor)
    record = db.session.scalar(select(table).where(table.id == record_id, visible))
    if record is None or not permissions.may_see_for(actor, record.organization_id):
        raise NotFound
    return record


def _page_of(side: Side, record_id: UUID) -> ResponseReturnValue:
    actor, show = current_actor(), _show()
    record = _record(side, record_id, actor)
    page, cards = None, []
    if wants_personal():
        page = queries.list_for(db.session, side, [record.id], actor=actor, show=show)
        cards = cards_of(db.session, page.items, side, reader=reader())
    return render_template(
        "matching/for_record.html",
        record=record,
        title=title_of(record, current_language()),
        side=side,
        page=page,
        cards=cards,
        aside=show.aside,
        waiting=is_waiting(db.session, side, record.id),
        search_answers=search_answers(),
        address=url_for(request.endpoint or "", **(request.view_args or {})),
    )


@bp.get("/needs/<uuid:need_id>/matches")
def for_need(need_id: UUID) -> ResponseReturnValue:
    """Show a need's owners the listings that may answer it."""
    return _page_of(Side.NEED, need_id)


@bp.get("/listings/<uuid:listing_id>/matches")
def for_listing(listing_id: UUID) -> ResponseReturnValue:
    """Show a listing's owners the needs that it may answer."""
    return _page_of(Side.LISTING, listing_id)


@bp.get("/matches/")
def index() -> ResponseReturnValue:
    """Show the matches of all the person's organizations, one side at a time."""
    actor, show = current_actor(), _show()
    counts: dict[Side, int] = {}
    page, cards = None, []
    side = Side.LISTING if request.args.get("side") == "listing" else Side.NEED
    if wants_personal() and actor.memberships:
        for one in Side:
            found = queries.list_for_organizations(
                db.session,
                one,
                actor.organization_ids,
                actor=actor,
                show=show if one is side else queries.Show(size=1),
            )
            counts[one] = found.total
            page = found if one is side else page
        if "side" not in request.args and not counts[Side.NEED] and counts[Side.LISTING]:
            side = Side.LISTING
            page = queries.list_for_organizations(
                db.session, side, actor.organization_ids, actor=actor, show=show
            )
        assert page is not None  # noqa: S101 — one of the sides is the asked one
        cards = cards_of(db.session, page.items, side, reader=reader())
    return render_template(
        "matching/index.html",
        side=side,
        counts=counts,
        page=page,
        cards=cards,
        aside=show.aside,
        mutes=queries.list_mutes(db.session, actor=actor),
        search_answers=search_answers(),
        address=url_for("matching.index", side=side.value),
    )


@bp.get("/help/matching")
@public
def explained() -> ResponseReturnValue:
    """Explain how matches are found and ordered, and how to switch them off (rules, 16–17)."""
    return render_template("matching/explained.html")
