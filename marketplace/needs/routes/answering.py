"""Answering a need, what we answered, and the talk about one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.codes.holidays import load_table
from marketplace.core.errors import Denied, RuleBroken
from marketplace.needs import clock, offers, permissions, rules, scoring, views
from marketplace.needs.content import criteria_of, parameters_of
from marketplace.needs.forms.decisions import AnswerForm, TextForm
from marketplace.needs.queries import answers as find
from marketplace.needs.queries.needs import consents_of, get_need
from marketplace.needs.routes.blueprint import bp, organizations, today
from marketplace.needs.services import answers as services
from marketplace.needs.services import talk
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter, settings
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.needs.models import AnswerMessage


@bp.route("/needs/<uuid:need_id>/answers/new", methods=["GET", "POST"])
@limiter.limit("60/hour", methods=["POST"])
def send_answer(need_id: UUID) -> ResponseReturnValue:
    """Show the short fixed form, and send it."""
    actor = current_actor()
    need = get_need(db.session, need_id, actor=actor)
    own = organizations(permissions.answering_organizations(actor, need))
    if not own:
        if actor.is_member(need.organization_id):
            raise Denied
        return render_template("needs/answer_first.html", need=need)
    rules.require_takes_answers(need, today())
    parameters = parameters_of(need.parameters)
    form = AnswerForm(data={"gains": AnswerForm.rows_for(parameters)})
    listings = [listing for one in own for listing in offers.of_organization(db.session, one.id)]
    form.offer_choices(own, listings, current_language())
    if not form.is_submitted():
        form.listing_id.data = request.args.get("listing", "")
    if form.accepted():
        try:
            answer = services.send_answer(
                db.session,
                actor=actor,
                need_id=need_id,
                draft=form.to_draft(parameters),
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("Sent. The reply clock of the other side is running."), "success")
            return see_other(url_for(".answer", answer_id=answer.id))
    return form_page(
        "needs/send_answer.html",
        form,
        need=need,
        title=views.told(need, "title", current_language()),
        unverified=[one for one in own if one.id not in actor.verified],
        target=settings().reply_target_days,
        criteria=criteria_of(need.criteria),
    )


@bp.get("/organizations/<uuid:organization_id>/answers")
def our_answers(organization_id: UUID) -> ResponseReturnValue:
    """Show what an organization answered, and how each answer stands."""
    page = find.list_sent(
        db.session,
        organization_id,
        actor=current_actor(),
        number=page_number(),
    )
    return render_template(
        "needs/our_answers.html",
        page=page,
        organization=organizations([organization_id])[0],
    )


@bp.get("/answers/<uuid:answer_id>")
def answer(answer_id: UUID) -> ResponseReturnValue:
    """Show one answer to its two sides: what is offered, the talk, the way so far."""
    return _page(answer_id, TextForm(formdata=None), status=200)


def _page(answer_id: UUID, form: TextForm, *, status: int) -> ResponseReturnValue:
    actor = current_actor()
    found = find.get_answer(db.session, answer_id, actor=actor)
    need = found.need
    messages = find.messages_of(db.session, answer_id)
    is_owner = actor.is_member(need.organization_id)
    criteria = criteria_of(need.criteria)
    given = find.scores_of(db.session, [answer_id]).get(answer_id, {}) if is_owner else {}
    # Each side sees the names of its own people alone.
    own_side = {row.person_id for row in messages if row.from_owner is is_owner} | set(given)
    consents = consents_of(db.session, need.id)
    running = None
    if found.reacted_at is None and found.is_waiting:
        running = clock.clock_of(
            found.sent_at,
            now=now(),
            target_days=settings().reply_target_days,
            table=load_table(db.session),
        )
    listing = None
    if found.listing_id is not None:
        listing = offers.by_id(db.session, [found.listing_id]).get(found.listing_id)
    page = render_template(
        "needs/answer.html",
        answer=found,
        need=need,
        is_open_to_me=permissions.may_see(actor, need, need.organization),
        title=views.told(need, "title", current_language()),
        owner=views.owner_of(need, actor, consents),
        is_owner=is_owner,
        may_judge=permissions.may_judge(actor, need),
        may_speak=permissions.may_speak_for(actor, found),
        possible=rules.ANSWER_LIFECYCLE.possible(found.status),
        messages=messages,
        events=find.events_of(db.session, answer_id),
        names=find.names_of(db.session, own_side),
        listing=listing,
        clock=running,
        totals={
            person: scoring.total({name: row.points for name, row in rows.items()}, criteria)
            for person, rows in given.items()
        },
        criteria=criteria,
        named=found.organization_id in consents,
        form=form,
    )
    return page, status


def _say(answer_id: UUID, service: Callable[..., AnswerMessage], done: str) -> ResponseReturnValue:
    form = TextForm()
    if form.takes(
        lambda: service(
            db.session,
            actor=current_actor(),
            answer_id=answer_id,
            text=text(form.text),
            now=now(),
        )
    ):
        flash(done, "success")
        return see_other(url_for(".answer", answer_id=answer_id, _anchor="talk"))
    return _page(answer_id, form, status=422)


@bp.post("/answers/<uuid:answer_id>/ask")
def ask(answer_id: UUID) -> ResponseReturnValue:
    """Ask the answering side."""
    return _say(answer_id, talk.ask_answering_side, gettext("Your question is sent."))


@bp.post("/answers/<uuid:answer_id>/reply")
def reply(answer_id: UUID) -> ResponseReturnValue:
    """Reply to the owner's question."""
    return _say(answer_id, talk.reply_to_owner, gettext("Your reply is sent."))


@bp.post("/answers/<uuid:answer_id>/withdraw")
def withdraw_answer(answer_id: UUID) -> ResponseReturnValue:
    """Take one's own answer back."""
    services.withdraw_answer(db.session, actor=current_actor(), answer_id=answer_id, now=now())
    flash(gettext("Your answer is withdrawn."), "success")
    return see_other(url_for(".answer", answer_id=answer_id))
