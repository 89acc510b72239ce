"""The owner's side of answers: list, compare, ask, score, choose, decline."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.codes.holidays import load_table
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.needs import clock, offers, permissions, rules, scoring, views
from marketplace.needs.content import criteria_of, parameters_of
from marketplace.needs.forms.decisions import DeclineForm
from marketplace.needs.models import DeclineReason
from marketplace.needs.queries import answers as find
from marketplace.needs.queries.needs import consents_of, get_need
from marketplace.needs.routes.blueprint import bp
from marketplace.needs.services import answers as services
from marketplace.needs.services import scores, talk
from marketplace.web.access import current_actor
from marketplace.web.arguments import whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.forms import text
from marketplace.web.pages import flash_refusal, form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flask.typing import ResponseReturnValue

    from marketplace.needs.models import Answer, Need


def _own_need(need_id: UUID) -> Need:
    """Load a need of one of the actor's organizations; every member may read its answers."""
    actor = current_actor()
    need = get_need(db.session, need_id, actor=actor)
    if not actor.is_member(need.organization_id):
        raise NotFound
    return need


def _totals(need: Need, answers: Sequence[Answer]) -> Mapping[UUID, scoring.Total | None]:
    """Give the mean of all scorers for each answer."""
    criteria = criteria_of(need.criteria)
    given = find.scores_of(db.session, [answer.id for answer in answers])
    return {
        answer.id: scoring.mean(
            [
                scoring.total({name: row.points for name, row in rows.items()}, criteria)
                for rows in given.get(answer.id, {}).values()
            ]
        )
        for answer in answers
    }


def _clocks(answers: Sequence[Answer]) -> Mapping[UUID, clock.Clock]:
    """Read the clocks that still run."""
    table = load_table(db.session)
    return {
        answer.id: clock.clock_of(
            answer.sent_at,
            now=now(),
            target_days=settings().reply_target_days,
            table=table,
        )
        for answer in answers
        if answer.reacted_at is None and answer.is_waiting
    }


@bp.get("/needs/<uuid:need_id>/answers")
def answers(need_id: UUID) -> ResponseReturnValue:
    """Show every answer to one's need, with clocks, scores and outcomes."""
    need = _own_need(need_id)
    found = find.list_answers(db.session, need_id)
    totals = _totals(need, found)
    sort = "score" if request.args.get("sort") == "score" else "sent"
    if sort == "score":
        order = {key: place for place, key in enumerate(views.ranked(totals))}
        found = sorted(found, key=lambda answer: order[answer.id])
    listed = {answer.listing_id for answer in found if answer.listing_id}
    return render_template(
        "needs/answers.html",
        need=need,
        answers=found,
        totals=totals,
        clocks=_clocks(found),
        target=settings().reply_target_days,
        listings=offers.by_id(db.session, listed),
        may_judge=permissions.may_judge(current_actor(), need),
        possible=rules.LIFECYCLE.possible(need.status),
        sort=sort,
    )


@bp.get("/needs/<uuid:need_id>/compare")
def compare(need_id: UUID) -> ResponseReturnValue:
    """Lay two to four answers side by side."""
    need = _own_need(need_id)
    ticked = request.args.getlist("answer", type=UUID)
    found = [one for one in find.list_answers(db.session, need_id) if one.id in ticked]
    try:
        rules.require_comparable(len(found))
    except RuleBroken as error:
        flash_refusal(error, "warning")
        return see_other(url_for(".answers", need_id=need_id))
    listed = {answer.listing_id for answer in found if answer.listing_id}
    given = find.scores_of(db.session, [answer.id for answer in found])
    people = find.names_of(db.session, {person for rows in given.values() for person in rows})
    return render_template(
        "needs/compare.html",
        need=need,
        answers=found,
        parameters=[row for row in parameters_of(need.parameters) if row.wanted],
        ours={answer.id: {row["name"]: row["ours"] for row in answer.gains} for answer in found},
        criteria=criteria_of(need.criteria),
        totals=_totals(need, found),
        given=given,
        people=people,
        listings=offers.by_id(db.session, listed),
        full=scoring.FULL,
    )


def _step(answer_id: UUID, service: Callable[..., Answer], done: str) -> ResponseReturnValue:
    """Take a step that needs no form."""
    answer = service(db.session, actor=current_actor(), answer_id=answer_id, now=now())
    flash(done, "success")
    if request.form.get("back") == "list":
        return see_other(url_for(".answers", need_id=answer.need_id))
    return see_other(url_for(".answer", answer_id=answer_id))


@bp.post("/answers/<uuid:answer_id>/shortlist")
def shortlist(answer_id: UUID) -> ResponseReturnValue:
    """Put an answer on the shortlist."""
    done = gettext("On the shortlist; the answering side is told.")
    return _step(answer_id, services.shortlist_answer, done)


@bp.post("/answers/<uuid:answer_id>/unlist")
def unlist(answer_id: UUID) -> ResponseReturnValue:
    """Take an answer off the shortlist."""
    return _step(answer_id, services.unlist_answer, gettext("Taken off the shortlist."))


@bp.post("/answers/<uuid:answer_id>/choose")
def choose(answer_id: UUID) -> ResponseReturnValue:
    """Choose an answer."""
    done = gettext("Chosen. Your need is now in talks; the other answers still wait.")
    return _step(answer_id, services.choose_answer, done)


@bp.post("/answers/<uuid:answer_id>/consent")
def consent(answer_id: UUID) -> ResponseReturnValue:
    """Show the company's name to the answering organization."""
    done = gettext("The answering organization now sees your name.")
    return _step(answer_id, talk.consent_to_name, done)


@bp.route("/answers/<uuid:answer_id>/decline", methods=["GET", "POST"])
def decline(answer_id: UUID) -> ResponseReturnValue:
    """Decline an answer with one of the fixed reasons."""
    actor = current_actor()
    answer = find.get_answer(db.session, answer_id, actor=actor)
    require(permissions.may_judge(actor, answer.need))
    if not rules.ANSWER_LIFECYCLE.allows(answer.status, "decline"):
        raise NotFound
    form = DeclineForm()
    if form.takes(
        lambda: services.decline_answer(
            db.session,
            actor=actor,
            answer_id=answer_id,
            reason=DeclineReason(form.reason.data),
            text=text(form.text),
            now=now(),
        )
    ):
        flash(gettext("Declined; the answering side reads your reason."), "success")
        return see_other(url_for(".answers", need_id=answer.need_id))
    return form_page("needs/decline.html", form, answer=answer, need=answer.need)


@bp.route("/answers/<uuid:answer_id>/score", methods=["GET", "POST"])
def score(answer_id: UUID) -> ResponseReturnValue:
    """Give points by the need's own criteria; each person scores alone."""
    actor = current_actor()
    answer = find.get_answer(db.session, answer_id, actor=actor)
    require(permissions.may_judge(actor, answer.need))
    criteria = criteria_of(answer.need.criteria)
    fault: RuleBroken | None = None
    if request.method == "POST":
        points: dict[str, tuple[int, str]] = {}
        for place, row in enumerate(criteria):
            given = request.form.get(f"points-{place}", "")
            if given:
                note = request.form.get(f"note-{place}", "").strip()[:500]
                points[row.name] = (whole_number(given, otherwise=-1), note)
        try:
            scores.score_answer(
                db.session, actor=actor, answer_id=answer_id, points=points, now=now()
            )
        except RuleBroken as error:
            fault = error
        else:
            flash(gettext("Your points are kept."), "success")
            return see_other(url_for(".answer", answer_id=answer_id))
    mine = find.scores_of(db.session, [answer_id])[answer_id] if criteria else {}
    page = render_template(
        "needs/score.html",
        answer=answer,
        need=answer.need,
        criteria=criteria,
        mine=mine.get(actor.user_id, {}) if actor.user_id else {},
        full=scoring.FULL,
        fault=fault,
        consents=consents_of(db.session, answer.need_id),
        typed=request.form,
    )
    return page, 422 if fault else 200
