"""Answers to an offer: accepted, declined, withdrawn; and unsent offers thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, url_for
from flask_babel import gettext

from marketplace.core.errors import NotFound
from marketplace.terms.forms.decisions import DeclineForm
from marketplace.terms.kinds import Side
from marketplace.terms.routes.blueprint import bp, stepped
from marketplace.terms.services import drafts, offers
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.post("/deals/<uuid:deal_id>/terms/offers/<int:number>/accept")
def accept(deal_id: UUID, number: int) -> ResponseReturnValue:
    """Accept the terms that the page showed."""
    return stepped(
        url_for(".index", deal_id=deal_id),
        lambda: offers.accept_offer(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            number=number,
            sha256=request.form.get("sha256", ""),
            now=now(),
        ),
        gettext("Accepted: both sides agree on these terms."),
    )


@bp.post("/deals/<uuid:deal_id>/terms/offers/<int:number>/decline")
def decline(deal_id: UUID, number: int) -> ResponseReturnValue:
    """Decline an offer with a reason."""
    form = DeclineForm()
    form.validate()
    return stepped(
        url_for(".index", deal_id=deal_id),
        lambda: offers.decline_offer(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            number=number,
            reason=text(form.reason),
            now=now(),
        ),
        gettext("Declined; the other side is told your reason."),
    )


@bp.post("/deals/<uuid:deal_id>/terms/offers/<int:number>/withdraw")
def withdraw(deal_id: UUID, number: int) -> ResponseReturnValue:
    """Take an offer back."""
    return stepped(
        url_for(".index", deal_id=deal_id),
        lambda: offers.withdraw_offer(
            db.session, actor=current_actor(), deal_id=deal_id, number=number, now=now()
        ),
        gettext("Your offer is withdrawn."),
    )


@bp.post("/deals/<uuid:deal_id>/terms/drafts/<side>/discard")
def discard(deal_id: UUID, side: str) -> ResponseReturnValue:
    """Throw an unsent offer away."""
    if side not in {one.value for one in Side}:
        raise NotFound
    return stepped(
        url_for(".index", deal_id=deal_id),
        lambda: drafts.discard_draft(
            db.session, actor=current_actor(), deal_id=deal_id, side=Side(side), now=now()
        ),
        gettext("The unsent offer is gone."),
    )
