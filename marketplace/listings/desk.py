"""What waits on the desk: drafts, returned texts, listings about to expire, enquiries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_babel import gettext
from sqlalchemy import select

from marketplace.core.messages import N_
from marketplace.listings import queries
from marketplace.organizations.models import Organization
from marketplace.web.extensions import db
from marketplace.web.templating import day

if TYPE_CHECKING:
    from marketplace.core.actor import Actor

#: Entries shown of each kind; the rest stands on the workbench.
SHOWN = 5


@dataclass(frozen=True)
class DeskPart:
    """One kind of things that wait, with text, address and note of the first few."""

    label: str
    tone: str
    total: int
    entries: list[tuple[str, str, str]]


def panel(_thing: object, actor: Actor) -> str | None:
    """Give the desk's fragment for members of organizations and for reviewers."""
    reviews = actor.is_reviewer or actor.is_administrator
    if not actor.memberships and not reviews:
        return None
    parts = [*_own_listings(actor), _enquiries(actor)] if actor.memberships else []
    return render_template(
        "listings/desk.html",
        parts=[part for part in parts if part.total],
        organizations=db.session.scalars(
            select(Organization)
            .where(Organization.id.in_(actor.organization_ids))
            .order_by(Organization.name)
        ).all(),
        waiting_reviews=queries.QUEUE.count(db.session) if reviews else 0,
    )


def _own_listings(actor: Actor) -> list[DeskPart]:
    parts = []
    for tab, label, tone in (
        ("returned", N_("Returned with reasons"), "refused"),
        ("asked", N_("About to expire"), "waiting"),
        ("draft", N_("Drafts to finish"), "neutral"),
    ):
        page = queries.list_own(db.session, *actor.organization_ids, tab=tab, size=SHOWN)
        parts.append(
            DeskPart(
                label,
                tone,
                page.total,
                [
                    (
                        row.title,
                        url_for("listings.show", listing_id=row.id)
                        if tab == "asked"
                        else url_for("listings.check", listing_id=row.id),
                        day(row.touched_at),
                    )
                    for row in page.items
                ],
            )
        )
    return parts


def _enquiries(actor: Actor) -> DeskPart:
    page = queries.list_open_enquiries(db.session, actor=actor, size=SHOWN)
    return DeskPart(
        N_("Messages to answer"),
        "waiting",
        page.total,
        [
            (
                row.listing.title,
                url_for("listings.enquiry", enquiry_id=row.id),
                gettext("due %(day)s", day=day(row.due_on)),
            )
            for row in page.items
        ],
    )
