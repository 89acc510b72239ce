"""An open license, accepted in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext
from sqlalchemy import select

from marketplace.core.errors import RuleBroken
from marketplace.organizations.models import Organization
from marketplace.terms.forms.decisions import OpenLicenseForm
from marketplace.terms.routes.blueprint import bp, today
from marketplace.terms.routes.offers import side_by_side
from marketplace.terms.rules import open_license as rules
from marketplace.terms.services import open_licenses as services
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.listings.models import Listing
    from marketplace.terms.value import Terms

#: Years of use that the form starts with.
YEARS = 3


@bp.route("/technologies/<uuid:listing_id>/open-license", methods=["GET", "POST"])
def open_license(listing_id: UUID) -> ResponseReturnValue:
    """Show what the declaration offers and what the law asks, and accept it."""
    actor = current_actor()
    listing = services.get_declared(db.session, listing_id, actor=actor)
    own = db.session.scalars(
        select(Organization)
        .where(Organization.id.in_(actor.organization_ids))
        .order_by(Organization.name)
    ).all()
    able = [one for one in own if services.may_accept(actor, listing, one.id)]
    form = OpenLicenseForm()
    form.organization.choices = [(str(one.id), one.name) for one in able]
    if not form.is_submitted():
        form.years.data = YEARS
    if form.accepted():
        chosen = next(one for one in able if str(one.id) == form.organization.data)
        try:
            deal = services.accept_declaration(
                db.session,
                actor=actor,
                listing_id=listing_id,
                organization_id=chosen.id,
                years=form.years.data or 0,
                is_foreign=bool(form.foreign_licensee.data),
                now=now(),
            )
        except RuleBroken as error:
            db.session.rollback()
            listing = services.get_declared(db.session, listing_id, actor=actor)
            form.reject(error)
        else:
            flash(gettext("Accepted. The license waits for its contract to be signed."), "success")
            return see_other(url_for(".index", deal_id=deal.id))
    terms, problem = _declared(listing, form.years.data or YEARS)
    return form_page(
        "terms/open_license.html",
        form,
        listing=listing,
        checks=services.checks_of(listing, today=today()),
        groups=side_by_side(None, terms) if terms else [],
        problem=problem,
        able=able,
        most=rules.LONGEST_YEARS,
    )


def _declared(listing: Listing, years: int) -> tuple[Terms | None, RuleBroken | None]:
    """Give the declared terms, or why they can't be accepted in one step."""
    try:
        return services.declared_terms(listing, years=years, starts_on=today()), None
    except RuleBroken as error:
        return None, error
