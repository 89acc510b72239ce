"""Writing a facility step by step: saved as one writes, safe when two write at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flask import flash, jsonify, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import EditedElsewhere, NotFound, RuleBroken
from marketplace.facilities import permissions, queries, rules
from marketplace.facilities.content import PARTS, STEPS, author_content, steps_of
from marketplace.facilities.forms.decisions import PhotoForm, ProofForm
from marketplace.facilities.forms.steps import FORMS, add_blank_rows
from marketplace.facilities.photos import encoded_anew
from marketplace.facilities.routes.blueprint import bp, wording
from marketplace.facilities.services import drafts, files, reviews
from marketplace.facilities.services.drafts import seen_of
from marketplace.facilities.wording import WEEKDAYS
from marketplace.files.forms import store, taken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import say, text
from marketplace.web.pages import flash_refusal, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.drafting.outline import Content
    from marketplace.facilities.forms.step import StepForm
    from marketplace.facilities.models import Facility
    from marketplace.facilities.rules import Remark


def own(facility_id: UUID) -> Facility:
    """Give a facility of one of the actor's organizations."""
    return queries.get_own_facility(db.session, facility_id, actor=current_actor())


def remarks_on(facility: Facility, content: Content) -> list[Remark]:
    """Give what is needed before sending."""
    return rules.missing(
        content, today=reviews.today_of(now()), known_number=reviews.known_number(facility)
    )


def task_list(remarks: list[Remark], content: Content) -> list[dict[str, Any]]:
    """Give each step with its state: complete, begun, or what it still needs."""
    needed = Counter(one.step for one in remarks)
    return [
        {
            "step": step,
            "label": label,
            "needed": needed[step],
            "empty": all(content[name] == PARTS[name].empty for name in steps_of(step)),
        }
        for step, label in STEPS.items()
    ]


def _may_edit_step(facility: Facility, step: str) -> bool:
    if step == "hours":
        return permissions.may_set_hours(current_actor(), facility)
    return permissions.may_edit(current_actor(), facility)


@bp.route("/facilities/<uuid:facility_id>/edit/<step>", methods=["GET", "POST"])
def edit(facility_id: UUID, step: str) -> ResponseReturnValue:
    """Show one step and save it; a refused one keeps every typed value."""
    facility = own(facility_id)
    if step not in FORMS:
        raise NotFound
    if not _may_edit_step(facility, step):
        require(permissions.writes_for(current_actor(), facility.organization_id))
        return see_other(url_for(".check", facility_id=facility_id))
    form = FORMS[step](data=FORMS[step].data_of(author_content(facility)))
    if not form.is_submitted():
        form.version.data = seen_of(facility, step)
        add_blank_rows(form)
        return _step_page(facility, step, form)
    refused = (
        _save(facility, step, form)
        if form.accepted()
        else _step_page(facility, step, form, status=422)
    )
    if refused is not None:
        return refused
    if "stay" in request.form:
        flash(gettext("Saved."), "success")
        return see_other(url_for(".edit", facility_id=facility_id, step=step))
    following = [*FORMS, "check"][list(FORMS).index(step) + 1]
    if following == "check":
        return see_other(url_for(".check", facility_id=facility_id))
    return see_other(url_for(".edit", facility_id=facility_id, step=following))


def _save(facility: Facility, step: str, form: StepForm) -> ResponseReturnValue | None:
    """Save the step; give the page that says why when it was refused."""
    try:
        drafts.save_step(
            db.session,
            actor=current_actor(),
            facility_id=facility.id,
            step=step,
            values=form.values(),
            seen=form.version.data or "",
            now=now(),
        )
    except EditedElsewhere as error:
        form.general_errors.append(say(error.message, error.values))
        form.version.data = seen_of(facility, step)
        return _step_page(facility, step, form, status=409)
    except RuleBroken as error:
        form.reject(error)
        return _step_page(facility, step, form, status=422)
    return None


def _step_page(
    facility: Facility, step: str, form: StepForm, *, status: int = 200
) -> ResponseReturnValue:
    content = author_content(facility)
    conflict = status == 409  # noqa: PLR2004 — HTTP's conflict
    words = wording()
    editors = queries.load_people(db.session, [facility.edited_by]) if conflict else {}
    page = render_template(
        "facilities/edit.html",
        facility=facility,
        step=step,
        steps=STEPS,
        form=form,
        tasks=task_list(remarks_on(facility, content), content),
        theirs=[(PARTS[name].label, words.lines(name, content[name])) for name in steps_of(step)]
        if conflict
        else [],
        conflict=conflict,
        editor=next((editor.name for editor in editors.values()), ""),
        weekdays=WEEKDAYS,
        content=content,
        attachments={str(file.id): file for file in queries.list_files(db.session, facility.id)},
        proof_form=ProofForm(formdata=None) if step == "filing" else None,
        photo_form=PhotoForm(formdata=None) if step == "people" else None,
    )
    return page, status


@bp.post("/facilities/<uuid:facility_id>/edit/<step>/autosave")
def autosave(facility_id: UUID, step: str) -> ResponseReturnValue:
    """Save the faultless fields while the author writes; the answer is a line for the page."""
    facility = own(facility_id)
    # Opening hours hold at once: half-typed ones must not.
    if step not in FORMS or step == "hours":
        raise NotFound
    form = FORMS[step](data=FORMS[step].data_of(author_content(facility)))
    form.validate()
    try:
        drafts.save_step(
            db.session,
            actor=current_actor(),
            facility_id=facility_id,
            step=step,
            values=form.sound_values(),
            seen=form.version.data or "",
            now=now(),
        )
    except EditedElsewhere as error:
        return jsonify(message=say(error.message, error.values), conflict=True), 409
    except RuleBroken as error:
        return jsonify(
            message=gettext("Not saved: %(why)s", why=say(error.message, error.values))
        ), 422
    db.session.flush()
    saved = gettext("Saved at %(time)s", time=f"{local(now()):%H:%M}")
    faulty = [gettext(field.label.text) for field in form if field.errors]
    if faulty:
        saved = gettext("%(saved)s, but for: %(fields)s", saved=saved, fields=", ".join(faulty))
    return jsonify(message=saved, version=seen_of(own(facility_id), step))


@bp.get("/facilities/<uuid:facility_id>/check")
def check(facility_id: UUID) -> ResponseReturnValue:
    """Show all answers with what is missing, before sending."""
    facility = own(facility_id)
    content = author_content(facility)
    words = wording()
    remarks = remarks_on(facility, content)
    actor = current_actor()
    return render_template(
        "facilities/check.html",
        facility=facility,
        can=permissions.steps_for(actor, facility),
        is_verified=facility.organization_id in actor.verified,
        is_waiting=rules.REVIEW.is_waiting(facility),
        applies=rules.is_application(content["filing_level"], content["filing_number"]),
        needed=remarks,
        tasks=task_list(remarks, content),
        answers={
            step: [(PARTS[name].label, words.lines(name, content[name])) for name in steps_of(step)]
            for step in STEPS
        },
        steps=STEPS,
        parts=PARTS,
    )


@bp.post("/facilities/<uuid:facility_id>/send")
def send(facility_id: UUID) -> ResponseReturnValue:
    """Send the text for review."""
    try:
        reviews.send_for_review(
            db.session, actor=current_actor(), facility_id=facility_id, now=now()
        )
    except RuleBroken as error:
        flash_refusal(error)
        return see_other(url_for(".check", facility_id=facility_id))
    flash(gettext("Sent. A reviewer reads it; you will be told."), "success")
    return see_other(url_for(".check", facility_id=facility_id))


@bp.post("/facilities/<uuid:facility_id>/proof")
def attach_proof(facility_id: UUID) -> ResponseReturnValue:
    """Keep the file that proves the filing."""
    facility = own(facility_id)
    form = ProofForm()
    back = see_other(url_for(".edit", facility_id=facility.id, step="filing") + "#proof")
    try:
        upload = taken(form.file)
        if upload is None:
            flash(gettext("Choose a file first."), "error")
            return back
        files.attach_proof(
            db.session, actor=current_actor(), facility_id=facility_id, upload=upload, now=now()
        )
    except RuleBroken as error:
        flash_refusal(error)
        return back
    flash(gettext("“%(name)s” is attached.", name=upload.name), "success")
    return back


@bp.post("/facilities/<uuid:facility_id>/photos")
def attach_photo(facility_id: UUID) -> ResponseReturnValue:
    """Encode a photo anew and keep it."""
    facility = own(facility_id)
    require(permissions.may_edit(current_actor(), facility))
    form = PhotoForm()
    back = see_other(url_for(".edit", facility_id=facility.id, step="people") + "#photos")
    sent = form.file.data
    if not form.accepted() or not sent:
        flash(gettext("Choose a file first."), "error")
        return back
    try:
        upload = store().take(encoded_anew(sent.stream), "photo.jpg")
        files.attach_photo(
            db.session,
            actor=current_actor(),
            facility_id=facility_id,
            upload=upload,
            alt=text(form.alt),
            alt_en=text(form.alt_en),
            now=now(),
        )
    except RuleBroken as error:
        flash_refusal(error)
        return back
    flash(gettext("The photo is attached."), "success")
    return back


@bp.post("/facilities/<uuid:facility_id>/files/<uuid:attachment_id>/remove")
def detach(facility_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Take a photo or proof out of the text."""
    step = "filing" if request.form.get("step") == "filing" else "people"
    files.detach_file(
        db.session,
        actor=current_actor(),
        facility_id=facility_id,
        attachment_id=attachment_id,
        now=now(),
    )
    flash(gettext("The file was removed."), "success")
    return see_other(url_for(".edit", facility_id=facility_id, step=step))
