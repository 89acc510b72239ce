"""Rating the manager of a closed deal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.deals.forms.rating import RatingForm
from marketplace.deals.routes.blueprint import bp, found, frame
from marketplace.deals.services import rating as services
from marketplace.managers.queries.record import find_rating
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal


@bp.route("/<uuid:deal_id>/rating", methods=["GET", "POST"])
def rate(deal_id: UUID) -> ResponseReturnValue:
    """Say what one's side thinks of the manager."""
    deal = found(deal_id)
    require(services.rating_side(current_actor(), deal) is not None)
    form = RatingForm()
    if not form.accepted():
        return form_page("deals/rate.html", form, **frame(deal, "deals.show"))
    try:
        services.rate_manager(
            db.session,
            actor=current_actor(),
            deal_id=deal.id,
            stars=int(text(form.stars)),
            text=text(form.text),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("deals/rate.html", form, **frame(deal, "deals.show"))
    flash(gettext("Thank you. The rating stands on the manager's profile."), "success")
    return see_other(url_for(".show", deal_id=deal.id))


def panel(deal: Deal, actor: Actor) -> str | None:
    """Ask a party of a closed deal for its rating, or show the one it gave."""
    side = services.rating_side(actor, deal)
    if side is None:
        return None
    return render_template(
        "deals/_rating.html", deal=deal, rating=find_rating(db.session, deal.id, side)
    )
