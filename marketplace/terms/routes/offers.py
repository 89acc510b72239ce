"""What is on the table: the newest offer beside the one before, what was agreed, the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request

from marketplace.core.diff import pieces
from marketplace.deals.routes.blueprint import frame, people_named
from marketplace.terms import permissions
from marketplace.terms.forms.decisions import DeclineForm
from marketplace.terms.kinds import Side
from marketplace.terms.queries import offers as queries
from marketplace.terms.queries import trials
from marketplace.terms.routes.blueprint import (
    bp,
    notes_of,
    side_names,
    the_deal,
    today,
    wording,
)
from marketplace.terms.rules import difference
from marketplace.terms.rules.offers import OfferState, state
from marketplace.terms.wording import GROUPS, LABELS, TEXTS
from marketplace.web.access import current_actor
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.core.diff import Piece
    from marketplace.deals.models import Deal
    from marketplace.terms.queries.offers import Offered
    from marketplace.terms.value import Terms


@dataclass(frozen=True)
class Row:
    """A line of the side-by-side page, in words."""

    name: str
    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...]
    is_changed: bool
    row: int | None


def side_by_side(
    before: Terms | None, after: Terms, noted: Collection[str] = ()
) -> list[tuple[str, list[Row]]]:
    """Give the groups with their lines.

    A line that both leave open is left out, unless the law has something to say to the gap.
    """
    words = wording()
    rows: dict[str, list[Row]] = {}
    for line in difference.compare(before, after):
        old, new = words.compared(line, before, after)
        if not old and not new and line.name not in noted:
            continue
        changed = before is not None and old != new
        rows.setdefault(line.name, []).append(
            Row(
                line.name,
                LABELS[line.name],
                old,
                new,
                pieces(old, new) if changed and line.name in TEXTS else (),
                changed,
                line.row,
            )
        )
    groups = [
        (title, [row for name in names for row in rows.get(name, [])]) for title, names in GROUPS
    ]
    return [(title, lines) for title, lines in groups if lines]


def state_of(offered: Offered) -> OfferState:
    """Give where an offer stands today."""
    return state(offered.fate, offered.offer.valid_until, today=today())


@bp.get("/deals/<uuid:deal_id>/terms")
def index(deal_id: UUID) -> ResponseReturnValue:
    """Show the negotiation: what is on the table, what is agreed, and who may do what."""
    deal = the_deal(deal_id)
    offers = queries.list_offers(db.session, deal_id)
    newest = offers[0] if offers else None
    before = offers[1] if len(offers) > 1 else None
    return _page("terms/index.html", deal, newest, before, offers)


@bp.get("/deals/<uuid:deal_id>/terms/offers/<int:number>")
def show(deal_id: UUID, number: int) -> ResponseReturnValue:
    """Show one offer beside another: the one before it, or any that the address names."""
    deal = the_deal(deal_id)
    offers = queries.list_offers(db.session, deal_id)
    shown = queries.get_offer(db.session, deal, number)
    with_ = request.args.get("with", type=int) or number - 1
    before = next((one for one in offers if one.offer.number == with_ != number), None)
    return _page("terms/show.html", deal, shown, before, offers)


def _page(
    template: str,
    deal: Deal,
    shown: Offered | None,
    before: Offered | None,
    offers: Sequence[Offered],
) -> ResponseReturnValue:
    actor = current_actor()
    agreed = queries.current_agreement(db.session, deal)
    terms = shown.terms if shown else None
    notes = notes_of(terms, deal) if terms else {}
    is_open = shown is not None and state_of(shown) is OfferState.ON_THE_TABLE
    people: set[UUID | None] = {one.offer.offered_by for one in offers}
    people |= {one.outcome.by for one in offers if one.outcome}
    own = permissions.acting_side(actor, deal)
    return render_template(
        template,
        **frame(deal, "terms.index"),
        shown=shown,
        before=before,
        offers=offers,
        groups=side_by_side(
            before.terms if before else None,
            terms,
            [name for name, found in notes.items() if found],
        )
        if terms
        else [],
        notes=notes,
        labels=LABELS,
        agreed=agreed,
        state_of=state_of,
        names=side_names(deal),
        people=people_named(deal, people),
        own_side=own,
        drafts=[
            (side, queries.find_draft(db.session, deal.id, side))
            for side in Side
            if permissions.may_read_draft(actor, deal, side)
        ],
        can={
            "offer": permissions.may_offer(actor, deal),
            "prepare": [side for side in Side if permissions.may_prepare(actor, deal, side)],
            "answer": bool(shown and is_open and permissions.may_answer(actor, deal, shown.offer)),
            "withdraw": bool(
                shown and is_open and permissions.may_withdraw(actor, deal, shown.offer)
            ),
            "price": permissions.may_read_diligence(actor, deal)
            and permissions.is_public_body(deal.licensor),
            "export": bool(terms and terms.foreign_licensee),
        },
        decline_form=DeclineForm(formdata=None),
        trials=trials.list_trials(db.session, deal.id),
    )
