"""Questions to an operator: writing one, the list, replying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts.queries import load_people
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.facilities import permissions, queries
from marketplace.facilities.forms.decisions import AskForm, ReplyForm
from marketplace.facilities.routes.blueprint import bp
from marketplace.facilities.services import questions as services
from marketplace.facilities.services.reviews import today_of
from marketplace.organizations.models import Organization
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.route("/facilities/<uuid:facility_id>/ask", methods=["GET", "POST"])
@limiter.limit("20/hour", methods=["POST"])
def ask(facility_id: UUID) -> ResponseReturnValue:
    """Write to the operator in the name of one's organization."""
    actor = current_actor()
    facility = queries.get_facility(db.session, facility_id, actor=actor)
    if not actor.memberships:
        return render_template("facilities/ask_first.html", facility=facility)
    require(permissions.may_ask(actor, facility, facility.organization))
    form = AskForm()
    own = db.session.scalars(
        select(Organization)
        .where(Organization.id.in_(actor.organization_ids))
        .order_by(Organization.name)
    ).all()
    form.organization.choices = [(str(one.id), one.name) for one in own]
    if form.accepted():
        chosen = next(one.id for one in own if str(one.id) == form.organization.data)
        try:
            question = services.ask_operator(
                db.session,
                actor=actor,
                facility_id=facility_id,
                organization_id=chosen,
                body=text(form.body),
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("Sent. You will be told when the operator replies."), "success")
            return see_other(url_for(".question", question_id=question.id))
    return form_page("facilities/ask.html", form, facility=facility, days=services.REPLY_DAYS)


@bp.get("/facility-questions")
def questions() -> ResponseReturnValue:
    """Show what was asked of us, or what we asked."""
    actor = current_actor()
    if not actor.memberships:
        raise NotFound
    box = "sent" if request.args.get("box") == "sent" else "received"
    page = queries.list_questions(db.session, actor=actor, box=box, number=page_number())
    return render_template("facilities/questions.html", page=page, box=box, today=today_of(now()))


@bp.route("/facility-questions/<uuid:question_id>", methods=["GET", "POST"])
def question(question_id: UUID) -> ResponseReturnValue:
    """Show one question with its reply, or the form to reply."""
    actor = current_actor()
    found = queries.get_question(db.session, question_id, actor=actor)
    form = ReplyForm()
    if form.takes(
        lambda: services.reply_to_question(
            db.session,
            actor=actor,
            question_id=question_id,
            reply=text(form.reply),
            now=now(),
        )
    ):
        flash(gettext("Your reply is sent."), "success")
        return see_other(url_for(".question", question_id=question_id))
    return form_page(
        "facilities/question.html",
        form,
        question=found,
        may_reply=permissions.may_reply(actor, found),
        is_sender=actor.is_member(found.sender_organization_id),
        people=load_people(db.session, [found.sender_id, found.replied_by]),
    )
