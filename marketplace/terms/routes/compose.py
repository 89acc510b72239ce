"""Writing an offer: one long form in groups, with the law's notes beside the fields."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.codes import rules as figures
from marketplace.core.actor import require
from marketplace.core.errors import EditedElsewhere, RuleBroken
from marketplace.deals.routes.blueprint import frame
from marketplace.terms import permissions, settings
from marketplace.terms.forms.offers import OfferForm
from marketplace.terms.kinds import Side
from marketplace.terms.queries import offers as queries
from marketplace.terms.routes.blueprint import bp, notes_of, side_names, the_deal, today
from marketplace.terms.routes.offers import side_by_side
from marketplace.terms.services import drafts, offers
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import say, text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal
    from marketplace.terms.models import OfferDraft
    from marketplace.terms.queries.offers import Offered


@bp.route("/deals/<uuid:deal_id>/terms/offer", methods=["GET", "POST"])
def compose(deal_id: UUID) -> ResponseReturnValue:
    """Write an offer or counter-offer: send it, keep it unsent, or only look at the notes."""
    deal = the_deal(deal_id)
    actor = current_actor()
    side = _side(deal)
    require(permissions.may_prepare(actor, deal, side))
    latest = queries.latest_offer(db.session, deal_id)
    draft = queries.find_draft(db.session, deal_id, side)
    form = _form(deal, latest, draft)
    if "send" in request.form:
        refused = _send(deal, form)
        if refused is None:
            flash(gettext("Your offer is sent; the other side is told."), "success")
            return see_other(url_for(".index", deal_id=deal_id))
        return refused
    if "save" in request.form and form.accepted():
        drafts.save_draft(
            db.session,
            actor=actor,
            deal_id=deal_id,
            side=side,
            terms=form.to_terms(),
            message=text(form.message),
            valid_until=form.last_day,
            now=now(),
        )
        flash(gettext("Kept. Nothing was sent."), "success")
        return see_other(url_for(".index", deal_id=deal_id))
    return _form_page(deal, side, form, latest)


def _side(deal: Deal) -> Side:
    """Give the side for which an offer is written; a manager chooses one."""
    own = permissions.acting_side(current_actor(), deal)
    if own is not None:
        return own
    asked = request.args.get("side", "")
    return Side(asked) if asked in {side.value for side in Side} else Side.LICENSOR


def _form(deal: Deal, latest: Offered | None, draft: OfferDraft | None) -> OfferForm:
    """Fill the form from the unsent offer, else from the newest one, else from the deal."""
    if draft is not None:
        terms = queries.terms_of_draft(draft)
    elif latest is not None:
        terms = latest.terms
    else:
        terms = offers.first_terms(deal)
    form = OfferForm(data=OfferForm.data_of(terms))
    if not form.is_submitted():
        days = figures.number(db.session, settings.OFFER_DAYS)
        kept = draft.valid_until if draft else None
        form.valid_until.data = kept or today() + timedelta(days=days)
        form.message.data = draft.message if draft else ""
        form.seen.data = str(latest.offer.number if latest else 0)
    return form


def _send(deal: Deal, form: OfferForm) -> ResponseReturnValue | None:
    """Send the offer; give the page that says why when it was refused."""
    terms = form.sound_terms()
    side = permissions.acting_side(current_actor(), deal)
    latest = queries.latest_offer(db.session, deal.id)
    if terms is None or side is None:
        require(side is not None)
        return _form_page(deal, _side(deal), form, latest)
    try:
        offers.send_offer(
            db.session,
            actor=current_actor(),
            deal_id=deal.id,
            terms=terms,
            valid_until=form.last_day or today(),
            seen=int(text(form.seen)) if text(form.seen).isdigit() else 0,
            message=text(form.message),
            now=now(),
        )
    except EditedElsewhere as error:
        form.general_errors.append(say(error.message, error.values))
        form.seen.data = str(latest.offer.number if latest else 0)
        return _form_page(deal, side, form, latest, conflict=True)
    except RuleBroken as error:
        form.reject(error)
        return _form_page(deal, side, form, latest)
    return None


def _form_page(
    deal: Deal,
    side: Side,
    form: OfferForm,
    latest: Offered | None,
    *,
    conflict: bool = False,
) -> ResponseReturnValue:
    terms = form.to_terms()
    form.add_blank_rows()
    status = 422 if form.is_submitted() and "refresh" not in request.form else 200
    page = render_template(
        "terms/compose.html",
        form=form,
        **frame(deal, "terms.index"),
        side=side,
        latest=latest,
        names=side_names(deal),
        notes=notes_of(terms, deal),
        can_send=permissions.may_offer(current_actor(), deal),
        theirs=side_by_side(None, latest.terms) if latest and conflict else [],
    )
    return page, 409 if conflict else status
