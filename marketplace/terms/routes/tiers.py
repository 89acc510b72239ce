"""An institution's approval tiers: who decides on which amount."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask import flash, request, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import NotFound
from marketplace.organizations.models import Organization
from marketplace.terms import permissions
from marketplace.terms.forms.decisions import TiersForm
from marketplace.terms.queries import university
from marketplace.terms.routes.blueprint import bp
from marketplace.terms.rules import approval
from marketplace.terms.services import pricing as services
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

#: Empty rows behind the filled ones.
BLANK_ROWS = 2


@bp.route("/organizations/<uuid:organization_id>/approval-tiers", methods=["GET", "POST"])
def approval_tiers(organization_id: UUID) -> ResponseReturnValue:
    """Write down which body decides on which amount; an example to start from is offered."""
    actor = current_actor()
    organization = db.session.get(Organization, organization_id)
    if organization is None or not actor.is_member(organization_id):
        raise NotFound
    require(permissions.may_set_tiers(actor, organization_id))
    kept = university.list_tiers(db.session, organization_id)
    is_example = not kept and "example" in request.args
    shown = approval.EXAMPLE if is_example else kept
    form = TiersForm(
        data={
            "tiers": [
                {
                    "from_minor": Decimal(tier.from_minor) / 100,
                    "is_above": "above" if tier.is_above else "",
                    "body": tier.body,
                }
                for tier in shown
            ]
        }
    )
    if form.takes(
        lambda: services.set_tiers(
            db.session,
            actor=actor,
            organization_id=organization_id,
            tiers=form.rows(),
            now=now(),
        )
    ):
        flash(gettext("The approval tiers are kept."), "success")
        return see_other(url_for(".approval_tiers", organization_id=organization_id))
    for _ in range(BLANK_ROWS):
        form.tiers.append_entry()
    return form_page(
        "terms/tiers.html",
        form,
        organization=organization,
        kept=kept,
        is_example=is_example,
    )
