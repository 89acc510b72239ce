"""Fills the places that lower domains leave for matches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import MemberRole
from marketplace.listings.models import Listing, ListingStatus
from marketplace.matching.cards import cards_of
from marketplace.matching.models import Side
from marketplace.matching.places import lack_of, places_for, values_of
from marketplace.matching.queries import matches as queries
from marketplace.matching.routes.pages import ON_PANEL, reader, search_answers, wants_personal
from marketplace.matching.services.making import is_waiting
from marketplace.needs.models import SHOWN
from marketplace.web import panels
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.core.actor import Actor
    from marketplace.needs.models import Need

#: Unseen matches older than this are no news on the desk.
NEWS = timedelta(days=14)


def need_panel(need: Need, actor: Actor) -> str | None:
    """Show the need's owners what may answer it."""
    return _panel(need, Side.NEED, actor, url_for("matching.for_need", need_id=need.id))


def listing_panel(listing: Listing, actor: Actor) -> str | None:
    """Show the listing's owners what it may answer."""
    address = url_for("matching.for_listing", listing_id=listing.id)
    return _panel(listing, Side.LISTING, actor, address)


def _is_offered(record: Listing | Need) -> bool:
    """Whether readers see the record and may still answer it; nothing else is matched."""
    if isinstance(record, Listing):
        return record.status is ListingStatus.PUBLISHED
    return record.status in SHOWN


def _panel(record: Any, side: Side, actor: Actor, address: str) -> str | None:  # noqa: ANN401 — a need or listing
    """Nothing for strangers, and nothing of what readers do not see or what has ended."""
    if not actor.is_member(record.organization_id) or not _is_offered(record):
        return None
    wanted = wants_personal()
    page = queries.list_for(
        db.session, side, [record.id], actor=actor, show=queries.Show(size=ON_PANEL)
    )
    return render_template(
        "matching/_panel.html",
        side=side,
        wanted=wanted,
        cards=cards_of(db.session, page.items, side, reader=reader()) if wanted else [],
        total=page.total if wanted else 0,
        waiting=is_waiting(db.session, side, record.id),
        search_answers=not wanted or search_answers(),
        address=address,
        back=request.script_root + request.path + "#matches",
    )


def places_panel(record: Listing | Need, actor: Actor) -> str | None:
    """Propose centres, platforms and laboratories to those who work on the record.

    A listing's owner and every manager see who brings it to its next level; readers do not, for
    it is the owner's next step.
    """
    works_on_it = actor.is_member(record.organization_id) or any(
        actor.has_role(one, MemberRole.TECHNOLOGY_MANAGER) for one in actor.memberships
    )
    if not _is_offered(record) or not works_on_it:
        return None
    language = current_language()
    places = places_for(db.session, record, district=record.organization.district_code)
    return render_template(
        "matching/_places.html",
        listing_id=record.id if isinstance(record, Listing) else None,
        level=lack_of(record, None).level,
        places=[
            {
                "facility": place.facility,
                "points": place.fit.points,
                "reasons": [
                    gettext(reason.message) % values_of(reason, language)
                    for reason in place.fit.reasons
                ],
            }
            for place in places
        ],
    )


def desk_panel(_nothing: object, actor: Actor) -> str | None:
    """Show how many new matches wait."""
    if not actor.memberships or not wants_personal():
        return None
    counts = queries.count_new(db.session, actor=actor, since=now() - NEWS)
    return render_template("matching/_desk.html", counts=counts) if any(counts.values()) else None


def platform_panel(_nothing: object, actor: Actor) -> str | None:
    """Lead administrators to the platform's own matching efficiency."""
    return render_template("matching/platform/_panel.html") if actor.is_administrator else None


def install(_app: Flask) -> None:
    """Put the panels in their places."""
    panels.fill("need.show", need_panel)
    panels.fill("listing.show", listing_panel)
    panels.fill("need.show", places_panel)
    panels.fill("listing.show", places_panel)
    panels.fill("desk", desk_panel)
    panels.fill("administration.index", platform_panel)
