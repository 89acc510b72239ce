"""What people do with matches."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.matching import permissions
from marketplace.matching.cards import cards_of
from marketplace.matching.forms.misfit import MisfitForm
from marketplace.matching.models import Side
from marketplace.matching.queries import matches as queries
from marketplace.matching.routes.pages import reader
from marketplace.matching.services import feedback, outcomes
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.pages import flash_refusal, form_page, own_address, see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

bp = Blueprint("matching_steps", __name__, url_prefix="/matches")

#: Matches that one report of what was seen may name.
SEEN_AT_ONCE = 50


def _side() -> Side:
    text = request.values.get("side", "")
    if text not in {side.value for side in Side}:
        raise NotFound
    return Side(text)


def _back() -> Response:
    return see_other(own_address(request.values.get("back"), otherwise=url_for("matching.index")))


@bp.post("/seen")
def seen() -> ResponseReturnValue:
    """Note which matches came into view; the page's script tells."""
    ids = []
    for text in request.form.getlist("id")[:SEEN_AT_ONCE]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    outcomes.seen(db.session, actor=current_actor(), match_ids=ids, now=now())
    return "", 204


@bp.post("/personal")
def personal() -> ResponseReturnValue:
    """Switch the person's own suggestions on or off."""
    wanted = request.form.get("wanted") == "yes"
    feedback.choose_personal_matching(db.session, actor=current_actor(), wanted=wanted, now=now())
    flash(gettext("Personal matching is on.") if wanted else gettext("Personal matching is off."))
    return _back()


@bp.post("/<uuid:match_id>/fits")
def fits(match_id: UUID) -> ResponseReturnValue:
    """Say that a match fits."""
    feedback.judge(
        db.session,
        actor=current_actor(),
        match_id=match_id,
        side=_side(),
        fits=True,
        reason=None,
        note="",
        now=now(),
    )
    flash(gettext("Thank you. Your word improves the matching."))
    return _back()


@bp.route("/<uuid:match_id>/misfit", methods=["GET", "POST"])
def misfit(match_id: UUID) -> ResponseReturnValue:
    """Say that a match does not fit, with a reason."""
    actor, side = current_actor(), _side()
    match = queries.get_match(db.session, match_id, actor=actor)
    if side not in permissions.sides_of(actor, match):
        raise NotFound
    form = MisfitForm(side=side.value, back=request.values.get("back", ""))
    (card,) = cards_of(db.session, [match], side, reader=reader())
    if not form.accepted():
        return form_page("matching/misfit.html", form, card=card)
    try:
        feedback.judge(
            db.session,
            actor=actor,
            match_id=match_id,
            side=side,
            fits=False,
            reason=form.to_reason(),
            note=form.note.data or "",
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("matching/misfit.html", form, card=card)
    flash(gettext("Set aside. You find it under “Set aside” and may take your word back."))
    return _back()


@bp.post("/<uuid:match_id>/take-back")
def take_back(match_id: UUID) -> ResponseReturnValue:
    """Forget the person's word on a match."""
    feedback.take_back(db.session, actor=current_actor(), match_id=match_id)
    flash(gettext("Your word is taken back."))
    return _back()


@bp.post("/<uuid:match_id>/mute")
def mute(match_id: UUID) -> ResponseReturnValue:
    """Silence a pair, or everything of the organization across."""
    actor, side = current_actor(), _side()
    if request.form.get("what") == "organization":
        feedback.mute_organization(db.session, actor=actor, match_id=match_id, side=side, now=now())
    else:
        feedback.mute_pair(db.session, actor=actor, match_id=match_id, side=side, now=now())
    flash(gettext("Muted. You can lift it under “Matches”."))
    return _back()


@bp.post("/mutes/<uuid:mute_id>/lift")
def lift(mute_id: UUID) -> ResponseReturnValue:
    """Lift a mute."""
    feedback.lift_mute(db.session, actor=current_actor(), mute_id=mute_id)
    flash(gettext("The mute is lifted."))
    return _back()


@bp.post("/<uuid:match_id>/invite")
def invite(match_id: UUID) -> ResponseReturnValue:
    """Ask the listing's owner to answer the need."""
    try:
        feedback.invite(db.session, actor=current_actor(), match_id=match_id, now=now())
    except RuleBroken as error:
        flash_refusal(error)
    else:
        flash(gettext("Invited. The listing's owner has been told."))
    return _back()
