"""Writing a need step by step: begun, saved, checked, sent."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, jsonify, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.errors import EditedElsewhere, NotFound, RuleBroken
from marketplace.drafting import meeting
from marketplace.needs import rules
from marketplace.needs.coach import coach
from marketplace.needs.content import LABELS, content_of, working_content
from marketplace.needs.examples import example_for
from marketplace.needs.forms.decisions import CreateForm
from marketplace.needs.forms.fields import named
from marketplace.needs.forms.steps import PLACE_OF, STEPS
from marketplace.needs.models import SHOWN
from marketplace.needs.queries.needs import get_own_need
from marketplace.needs.routes.blueprint import bp, organizations, today, wording
from marketplace.needs.services import drafts, review
from marketplace.web.access import current_actor
from marketplace.web.arguments import whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import say
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from marketplace.needs.coach import Question
    from marketplace.needs.content import NeedContent
    from marketplace.needs.forms.steps import StepForm
    from marketplace.needs.models import Need


@bp.route("/needs/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Start a need with its title; the rest follows step by step."""
    actor = current_actor()
    writable = [one for one in actor.organization_ids if actor.may_write_for(one)]
    if not writable:
        return render_template("needs/create_first.html")
    form = CreateForm()
    form.organization_id.choices = named(organizations(writable))
    if not form.is_submitted():
        form.organization_id.data = request.args.get("organization", form.organization_id.data)
        form.title.data = request.args.get("title", "")[:200]
    if not form.accepted():
        return form_page("needs/create.html", form)
    need = drafts.draft_need(
        db.session,
        actor=actor,
        organization_id=UUID(form.organization_id.data),
        content=form.to_content(),
        now=now(),
    )
    return see_other(url_for(".step", need_id=need.id, step="problem"))


def _questions(need: Need, content: NeedContent) -> list[Question]:
    owner = need.organization
    return coach(content, current_language(), names=(owner.name, owner.name_en))


def _editable(need: Need) -> bool:
    try:
        drafts.require_editable(need)
    except RuleBroken:
        return False
    return True


@bp.get("/needs/<uuid:need_id>/edit")
def edit(need_id: UUID) -> ResponseReturnValue:
    """Show the task list: which steps say something, and what the coach asks in each."""
    need = get_own_need(db.session, need_id, actor=current_actor())
    content = working_content(need)
    questions = _questions(need, content)
    texts = wording().texts(content)
    tasks = [
        {
            "step": step,
            "label": form.label,
            "filled": any(part in texts for part in form.parts.values()),
            "questions": sum(
                question.important and PLACE_OF[question.field][0] == step for question in questions
            ),
        }
        for step, form in STEPS.items()
    ]
    return render_template("needs/edit.html", need=need, tasks=tasks, editable=_editable(need))


def _step_form(step: str) -> type[StepForm]:
    if step not in STEPS:
        raise NotFound
    return STEPS[step]


@bp.route("/needs/<uuid:need_id>/edit/<step>", methods=["GET", "POST"])
def step(need_id: UUID, step: str) -> ResponseReturnValue:
    """Show and save one step; a version that somebody else saved is shown beside one's own."""
    kind = _step_form(step)
    actor = current_actor()
    need = get_own_need(db.session, need_id, actor=actor)
    content = working_content(need)
    form = kind(data=kind.data_of(content) | {"version": need.version})
    is_conflict = meeting.is_choosing(request.form)
    if form.accepted():
        try:
            drafts.save_content(
                db.session,
                actor=actor,
                need_id=need_id,
                content=_chosen(form.content(content), content),
                version=form.seen_version(),
                now=now(),
            )
        except EditedElsewhere as error:
            # Sending again, having seen both versions, is a decision and may overwrite.
            is_conflict, form.version.data = True, str(need.version)
            form.version.raw_data = None
            form.reject(error)
        except RuleBroken as error:
            form.reject(error)
        else:
            return see_other(_next(need_id, step))
    questions = [
        question for question in _questions(need, content) if PLACE_OF[question.field][0] == step
    ]
    return form_page(
        "needs/step.html",
        form,
        need=need,
        step=step,
        steps=STEPS,
        questions=questions,
        place_of=PLACE_OF,
        labels=LABELS,
        example=example_for(content.kind, content.industry_codes),
        kind=content.kind.value,
        editable=_editable(need),
        conflict=is_conflict,
        meetings=_meetings(content, form) if is_conflict else [],
    )


def _chosen(mine: NeedContent, theirs: NeedContent) -> NeedContent:
    """Put what somebody else wrote into the parts for which the author chose it."""
    known = {field.name for field in fields(theirs)}
    taken = {name: getattr(theirs, name) for name in meeting.given_up(request.form) & known}
    return replace(mine, **taken)


def _meetings(theirs: NeedContent, form: StepForm) -> list[meeting.Meeting]:
    words, mine = wording(), form.content(theirs, sound_only=True)
    return meeting.meetings(
        (
            (part, LABELS[part], words.lines(theirs, part), words.lines(mine, part))
            for part in form.parts.values()
        ),
        request.form,
    )


def _next(need_id: UUID, step: str) -> str:
    """Give where to go after a step: the next one, the task list, or the check at the end."""
    if request.form.get("then") == "list":
        return url_for(".edit", need_id=need_id)
    order = list(STEPS)
    following = order.index(step) + 1
    if following == len(order):
        return url_for(".check", need_id=need_id)
    return url_for(".step", need_id=need_id, step=order[following])


@bp.post("/needs/<uuid:need_id>/edit/<step>/autosave")
def autosave(need_id: UUID, step: str) -> ResponseReturnValue:
    """Keep what is sound of a step while its author types; say so in one line."""
    kind = _step_form(step)
    actor = current_actor()
    need = get_own_need(db.session, need_id, actor=actor)
    form = kind()
    form.validate()
    try:
        saved = drafts.save_content(
            db.session,
            actor=actor,
            need_id=need_id,
            content=form.content(working_content(need), sound_only=True),
            version=form.seen_version(),
            now=now(),
        )
    except EditedElsewhere:
        db.session.rollback()
        told = gettext("Not saved: somebody else changed this need. Save to see both versions.")
        return jsonify(message=told, stop=True)
    except RuleBroken as error:
        db.session.rollback()
        return jsonify(message=say(error.message, error.values))
    db.session.flush()
    when = f"{local(now()):%H:%M}"
    return jsonify(message=gettext("Draft saved at %(time)s.", time=when), version=saved.version)


@bp.route("/needs/<uuid:need_id>/check", methods=["GET", "POST"])
def check(need_id: UUID) -> ResponseReturnValue:
    """Show all answers, the coach's questions and, on sending, what stands in the way."""
    actor = current_actor()
    need = get_own_need(db.session, need_id, actor=actor)
    content = working_content(need)
    fault: RuleBroken | None = None
    if request.method == "POST":
        try:
            review.submit_need(
                db.session,
                actor=actor,
                need_id=need_id,
                version=whole_number(request.form.get("version")),
                now=now(),
            )
        except RuleBroken as error:
            fault = error
        else:
            flash(gettext("Sent for review. You will be told of the result."), "success")
            return see_other(url_for(".edit", need_id=need_id))
    words = wording()
    page = render_template(
        "needs/check.html",
        need=need,
        rows=[(name, words.lines(content, name)) for name in LABELS],
        labels=LABELS,
        place_of=PLACE_OF,
        questions=_questions(need, content),
        changes=words.changes(content_of(need), content) if need.status in SHOWN else None,
        editable=_editable(need),
        fault=fault,
        late=rules.is_past(content.deadline_on, today()),
    )
    return page, 422 if fault else 200


@bp.post("/needs/<uuid:need_id>/recall")
def recall(need_id: UUID) -> ResponseReturnValue:
    """Take the text back from the reviewers."""
    review.recall_need(db.session, actor=current_actor(), need_id=need_id, now=now())
    flash(gettext("Taken back. You can go on writing."), "success")
    return see_other(url_for(".edit", need_id=need_id))


@bp.post("/needs/<uuid:need_id>/discard")
def discard(need_id: UUID) -> ResponseReturnValue:
    """Throw unreviewed changes away."""
    drafts.discard_changes(
        db.session,
        actor=current_actor(),
        need_id=need_id,
        version=whole_number(request.form.get("version")),
        now=now(),
    )
    flash(gettext("The changes are thrown away; the published text stands."), "success")
    return see_other(url_for(".edit", need_id=need_id))
