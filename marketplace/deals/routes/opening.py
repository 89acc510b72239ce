"""Opening a deal out of a match, an answer or an enquiry."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import flash, request, url_for
from flask_babel import gettext

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.deals import permissions
from marketplace.deals.forms.steps import OpenForm
from marketplace.deals.models import DealOrigin
from marketplace.deals.routes.blueprint import bp
from marketplace.deals.services import matches
from marketplace.deals.services import opening as services
from marketplace.deals.services.work import write_message
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

#: Days within which both sides are asked to say whether they want to talk.
ANSWER_DAYS = 7


@bp.post("/send/<uuid:match_id>")
@limiter.limit("60/hour")
def send_match(match_id: UUID) -> ResponseReturnValue:
    """Take a match to both sides in one step, as their manager."""
    deal = matches.send_match(
        db.session,
        actor=current_actor(),
        match_id=match_id,
        opening=services.Opening(
            next_step=gettext("Both sides say whether they want to talk."),
            next_on=local(now()).date() + timedelta(days=ANSWER_DAYS),
        ),
        now=now(),
    )
    flash(gettext("Sent to both sides; you broker the deal."), "success")
    return see_other(url_for(".show", deal_id=deal.id))


@bp.route("/open/<origin>/<uuid:origin_id>", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
def create(origin: str, origin_id: UUID) -> ResponseReturnValue:
    """Say the next step and open the deal."""
    try:
        kind = DealOrigin(origin)
    except ValueError:
        raise NotFound from None
    actor = current_actor()
    known = services.find_origin(db.session, kind, origin_id, actor=actor, now=now())
    if known is None:
        raise NotFound
    standing = services.find_deal_of(db.session, kind, origin_id)
    if standing is not None and permissions.may_see(actor, standing) and request.method == "GET":
        return see_other(url_for(".show", deal_id=standing.id))
    form = OpenForm()
    if form.accepted():
        opening = form.to_opening()
        try:
            deal = services.open_deal(
                db.session,
                actor=actor,
                origin=kind,
                origin_id=origin_id,
                opening=opening,
                now=now(),
            )
            if opening.message:
                write_message(
                    db.session, actor=actor, deal_id=deal.id, body=opening.message, now=now()
                )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The deal is open, and the others are told."), "success")
            return see_other(url_for(".show", deal_id=deal.id))
    return form_page(
        "deals/create.html",
        form,
        origin=kind,
        title=(known.title_en or known.title) if current_language() == "en" else known.title,
    )
