"""A need as everybody sees it, with its public questions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.codes.holidays import load_table
from marketplace.core.cooperation import CooperationForm
from marketplace.files.models import Visibility
from marketplace.files.services import list_attachments
from marketplace.needs import permissions, rules, views
from marketplace.needs.content import content_of
from marketplace.needs.forms.decisions import QuestionForm, TextForm
from marketplace.needs.forms.fields import named
from marketplace.needs.queries import answers as find_answers
from marketplace.needs.queries import needs as find
from marketplace.needs.routes.blueprint import bp, organizations, today
from marketplace.needs.services import talk
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter, settings
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/needs/<uuid:need_id>")
@public
def show(need_id: UUID) -> ResponseReturnValue:
    """Show the need, what came in so far, and the ways to answer it."""
    return _page(need_id)


def _page(
    need_id: UUID,
    *,
    asking: QuestionForm | None = None,
    replying: tuple[UUID, TextForm] | None = None,
) -> ResponseReturnValue:
    actor = current_actor()
    need = find.get_need(db.session, need_id, actor=actor)
    consents = find.consents_of(db.session, need_id)
    answering = permissions.answering_organizations(actor, need)
    form = asking or QuestionForm(formdata=None)
    form.organization_id.choices = named(organizations(answering))
    files = list_attachments(db.session, actor, object_kind=find.ATTACHED_TO, object_id=need_id)
    page = render_template(
        "needs/show.html",
        need=need,
        content=content_of(need),
        cooperation=[CooperationForm(form) for form in need.cooperation],
        title=views.told(need, "title", current_language()),
        problem=views.told(need, "problem", current_language()),
        owner=views.owner_of(need, actor, consents),
        timeline=views.public_timeline(need, find.list_events(db.session, need_id)),
        offers=find.offers_by_kind(db.session, need_id),
        questions=find.list_questions(db.session, need_id),
        own_answers=[
            answer
            for answer in find_answers.list_answers(db.session, need_id)
            if actor.is_member(answer.organization_id)
        ],
        record=find_answers.reply_record(
            db.session,
            need.organization_id,
            now=now(),
            target_days=settings().reply_target_days,
            table=load_table(db.session),
        ),
        target=settings().reply_target_days,
        takes_answers=rules.takes_answers(need, today()),
        is_shown=rules.is_shown(need),
        may_answer=bool(answering),
        may_write=permissions.may_write(actor, need),
        is_member=actor.is_member(need.organization_id),
        files=files,
        hidden_files=Counter(
            file.visibility
            for file in find.list_files(db.session, need_id)
            if file not in files and file.visibility is not Visibility.INTERNAL
        ),
        possible=rules.LIFECYCLE.possible(need.status),
        asking=form,
        replying=replying,
        blank=TextForm(formdata=None),
        today=today(),
    )
    return page, 422 if asking or replying else 200


@bp.post("/needs/<uuid:need_id>/questions")
@limiter.limit("30/hour")
def ask_question(need_id: UUID) -> ResponseReturnValue:
    """Ask in public, in an organization's name that stays unnamed."""
    actor = current_actor()
    need = find.get_need(db.session, need_id, actor=actor)
    form = QuestionForm()
    own = permissions.answering_organizations(actor, need)
    form.organization_id.choices = named(organizations(own))
    if form.takes(
        lambda: talk.ask_publicly(
            db.session,
            actor=actor,
            need_id=need_id,
            organization_id=UUID(form.organization_id.data),
            text=text(form.text),
            now=now(),
        )
    ):
        flash(gettext("Your question is sent; the reply will stand here."), "success")
        return see_other(url_for(".show", need_id=need_id, _anchor="questions"))
    return _page(need_id, asking=form)


@bp.post("/needs/<uuid:need_id>/questions/<uuid:question_id>/reply")
def reply_to_question(need_id: UUID, question_id: UUID) -> ResponseReturnValue:
    """Answer a public question."""
    form = TextForm()
    if form.takes(
        lambda: talk.reply_publicly(
            db.session,
            actor=current_actor(),
            need_id=need_id,
            question_id=question_id,
            text=text(form.text),
            now=now(),
        )
    ):
        flash(gettext("The reply is public now."), "success")
        return see_other(url_for(".show", need_id=need_id, _anchor="questions"))
    return _page(need_id, replying=(question_id, form))
