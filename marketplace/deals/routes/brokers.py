"""The manager of a deal: asking one, answering the invitation, ending the part."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.deals import permissions
from marketplace.deals.forms.work import InviteForm, ReasonForm
from marketplace.deals.queries import deals as queries
from marketplace.deals.queries.managers import list_available
from marketplace.deals.routes.blueprint import bp, found, frame, name_of, title_of
from marketplace.deals.services import brokers as services
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/<uuid:deal_id>/manager", methods=["GET", "POST"])
def invite(deal_id: UUID) -> ResponseReturnValue:
    """Ask a licensed manager to broker the deal."""
    deal = found(deal_id)
    require(permissions.acting_role(current_actor(), deal) is not None)
    form = InviteForm()
    # Plain values: inviting reads the deal anew, and with it the manager's row.
    managers = [
        (one.id, name_of(one), name_of(one.organization), one.level)
        for one in list_available(db.session, deal, now=now())
    ]
    form.manager_id.choices = [
        ("", gettext("Choose")),
        *((str(one), f"{name} · {gettext(level.label)}") for one, name, _of, level in managers),
    ]
    if form.takes(
        lambda: services.invite_manager(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            manager_id=UUID(text(form.manager_id)),
            now=now(),
        )
    ):
        flash(gettext("The manager is asked. You are told of the answer."), "success")
        return see_other(url_for(".show", deal_id=deal_id))
    return form_page("deals/invite.html", form, **frame(deal, "deals.show"), managers=managers)


@bp.route("/<uuid:deal_id>/manager/end", methods=["GET", "POST"])
def end_brokerage(deal_id: UUID) -> ResponseReturnValue:
    """End the manager's part with a reason."""
    deal = found(deal_id)
    require(permissions.acting_role(current_actor(), deal) is not None)
    form = ReasonForm()
    if form.takes(
        lambda: services.end_brokerage(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            reason=text(form.reason),
            now=now(),
        )
    ):
        flash(gettext("The manager's part is ended; the others are told."), "success")
        return see_other(url_for(".index"))
    return form_page("deals/end_brokerage.html", form, **frame(deal, "deals.show"))


@bp.get("/<uuid:deal_id>/invitation")
def invitation(deal_id: UUID) -> ResponseReturnValue:
    """Show the invited manager what the deal is about, without what only the deal's people read."""
    deal = queries.get_invitation(db.session, deal_id, actor=current_actor())
    return render_template(
        "deals/invitation.html",
        deal=deal,
        title=title_of(deal),
        licensor_name=name_of(deal.licensor),
        licensee_name=None if deal.licensee_hidden else name_of(deal.licensee),
        inviter=name_of(
            deal.licensor if deal.manager_invited_by == deal.licensor_id else deal.licensee
        )
        if not deal.licensee_hidden or deal.manager_invited_by == deal.licensor_id
        else None,
    )


@bp.post("/<uuid:deal_id>/invitation/accept")
def accept_invitation(deal_id: UUID) -> ResponseReturnValue:
    """Take the deal on."""
    services.accept_invitation(db.session, actor=current_actor(), deal_id=deal_id, now=now())
    flash(gettext("You broker this deal now."), "success")
    return see_other(url_for(".show", deal_id=deal_id))


@bp.post("/<uuid:deal_id>/invitation/decline")
def decline_invitation(deal_id: UUID) -> ResponseReturnValue:
    """Leave the invitation."""
    services.decline_invitation(db.session, actor=current_actor(), deal_id=deal_id, now=now())
    flash(gettext("Declined; the party is told."), "success")
    return see_other(url_for(".index"))
