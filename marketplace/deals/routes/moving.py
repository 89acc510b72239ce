"""Moving a deal: which steps there are, and the fields that one of them asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import EditedElsewhere, NotFound, RuleBroken, StepNotAllowed
from marketplace.deals import guards, permissions, rules
from marketplace.deals.forms.steps import NextStepForm, move_form
from marketplace.deals.models import DealStage
from marketplace.deals.routes.blueprint import bp, found, frame, version_typed
from marketplace.deals.services import stages, work
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal
    from marketplace.deals.rules import Transition


@bp.get("/<uuid:deal_id>/move")
def choose_move(deal_id: UUID) -> ResponseReturnValue:
    """List the steps that this person may take, or go to the one that leads to a stage.

    A card that was dropped on a column comes here with that column's stage.
    """
    deal = found(deal_id)
    role = permissions.acting_role(current_actor(), deal)
    require(role is not None)
    moves = rules.open_to(role, deal.stage)
    target = request.args.get("to", "")
    event = request.args.get("event", "")
    chosen = [row for row in moves if target == row.target.value or event == row.event]
    if chosen:
        return see_other(url_for(".move", deal_id=deal.id, event=chosen[0].event))
    return render_template(
        "deals/moves.html",
        **frame(deal, "deals.show"),
        moves=[(row, guards.obstacles(db.session, deal, row, now())) for row in moves],
        waiting=[
            (row, guards.obstacles(db.session, deal, row, now()))
            for row in rules.leading_out(deal.stage)
            if row not in moves and not row.is_end
        ],
        wrong=DealStage(target).label if target in set(DealStage) else "",
    )


@bp.route("/<uuid:deal_id>/move/<event>", methods=["GET", "POST"])
def move(deal_id: UUID, event: str) -> ResponseReturnValue:
    """Show what a step asks for and what is missing, and take it."""
    deal = found(deal_id)
    if event not in rules.BY_EVENT:
        raise NotFound
    row = rules.BY_EVENT[event]
    require(permissions.acting_role(current_actor(), deal) in row.actors)
    form = move_form(row, deal)
    if not form.is_submitted():
        rules.require_source(row, deal.stage)
    if form.accepted():
        try:
            moved = stages.advance(
                db.session,
                actor=current_actor(),
                deal_id=deal_id,
                event=event,
                values=form.to_values(),
                now=now(),
                version=version_typed(form.version.data),
            )
        except (EditedElsewhere, StepNotAllowed, rules.Obstructed) as error:
            form.reject(error)
            return _page(found(deal_id), row, form, status=409)
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The deal stands at “%(stage)s” now.", stage=gettext(moved.stage.label)))
            return see_other(url_for(".show", deal_id=deal_id))
    return _page(deal, row, form, status=422 if form.is_submitted() else 200)


def _page(deal: Deal, row: Transition, form: object, *, status: int) -> ResponseReturnValue:
    page = render_template(
        "deals/move.html",
        **frame(deal, "deals.show"),
        row=row,
        form=form,
        obstacles=guards.obstacles(db.session, deal, row, now()),
    )
    return page, status


@bp.route("/<uuid:deal_id>/plan", methods=["GET", "POST"])
def plan(deal_id: UUID) -> ResponseReturnValue:
    """Say what comes next without leaving the stage."""
    deal = found(deal_id)
    require(permissions.may_act(current_actor(), deal))
    form = NextStepForm(next_step=deal.next_step, next_on=deal.next_on, version=str(deal.version))
    if form.takes(
        lambda: work.plan_next(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            next_step=text(form.next_step),
            next_on=form.next_on.data,
            now=now(),
            version=version_typed(form.version.data),
        )
    ):
        flash(gettext("The next step is planned."), "success")
        return see_other(url_for(".show", deal_id=deal_id))
    return form_page("deals/plan.html", form, **frame(deal, "deals.show"))
