"""Writing a listing step by step: saved as one writes, safe when two write at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from flask import flash, jsonify, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import EditedElsewhere, NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.forms import taken
from marketplace.files.models import Visibility
from marketplace.listings import permissions, queries, rules
from marketplace.listings.content import PARTS, STEPS, author_content, steps_of
from marketplace.listings.forms.decisions import FileForm
from marketplace.listings.forms.steps import FORMS, add_blank_rows
from marketplace.listings.lint import lint
from marketplace.listings.routes.blueprint import bp, wording
from marketplace.listings.rules import Weight
from marketplace.listings.services import attachments, drafts, reviews
from marketplace.listings.services.drafts import RightTaken, seen_of
from marketplace.listings.wording import LEVEL_MEANINGS
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import say
from marketplace.web.pages import flash_refusal, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.drafting.outline import Content
    from marketplace.listings.forms.steps import StepForm
    from marketplace.listings.models import Listing
    from marketplace.listings.rules import Remark


def _own(listing_id: UUID) -> Listing:
    return queries.get_own_listing(db.session, listing_id, actor=current_actor())


def remarks_on(listing: Listing, content: Content) -> list[Remark]:
    """Give what is required first, then what buyers will ask."""
    found = rules.missing(content, imported=reviews.is_imported(listing))
    return found + lint(content, content["language"])


def task_list(remarks: list[Remark], content: Content) -> list[dict[str, Any]]:
    """Give each step with its state: complete, begun, or what it still needs."""
    needed = Counter(one.step for one in remarks if one.weight is Weight.REQUIRED)
    advised = Counter(one.step for one in remarks if one.weight is Weight.ADVICE)
    return [
        {
            "step": step,
            "label": label,
            "needed": needed[step],
            "advised": advised[step],
            "empty": all(content[name] == PARTS[name].empty for name in steps_of(step)),
        }
        for step, label in STEPS.items()
    ]


@bp.get("/listings/<uuid:listing_id>/edit")
def edit_start(listing_id: UUID) -> ResponseReturnValue:
    """Lead to the answers of a listing, from where each step is reached."""
    _own(listing_id)
    return see_other(url_for(".check", listing_id=listing_id))


@bp.route("/listings/<uuid:listing_id>/edit/<step>", methods=["GET", "POST"])
def edit(listing_id: UUID, step: str) -> ResponseReturnValue:
    """Show one step and save it; a refused one keeps every typed value."""
    listing = _own(listing_id)
    if step not in FORMS:
        raise NotFound
    if not permissions.may_edit(current_actor(), listing):
        require(permissions.may_keep_up(current_actor(), listing))
        return see_other(url_for(".check", listing_id=listing_id))
    content = author_content(listing)
    form = FORMS[step](data=FORMS[step].data_of(content))
    if not form.is_submitted():
        form.version.data = seen_of(listing, step)
        add_blank_rows(form)
        return _step_page(listing, step, form)
    refused = (
        _save(listing, step, form)
        if form.accepted()
        else _step_page(listing, step, form, status=422)
    )
    if refused is not None:
        return refused
    if "stay" in request.form:
        flash(gettext("Saved."), "success")
        return see_other(url_for(".edit", listing_id=listing_id, step=step))
    following = [*FORMS, "check"][list(FORMS).index(step) + 1]
    if following == "check":
        return see_other(url_for(".check", listing_id=listing_id))
    return see_other(url_for(".edit", listing_id=listing_id, step=following))


def _save(listing: Listing, step: str, form: StepForm) -> ResponseReturnValue | None:
    """Save the step; give the page that says why when it was refused."""
    try:
        drafts.save_step(
            db.session,
            actor=current_actor(),
            listing_id=listing.id,
            step=step,
            values=form.values(),
            seen=form.version.data or "",
            now=now(),
        )
    except EditedElsewhere as error:
        form.general_errors.append(say(error.message, error.values))
        form.version.data = seen_of(listing, step)
        return _step_page(listing, step, form, status=409)
    except RightTaken as error:
        form.general_errors.append(say(error.message, error.values))
        return _step_page(listing, step, form, status=422, taken_by=error.listing_id)
    except RuleBroken as error:
        form.reject(error)
        return _step_page(listing, step, form, status=422)
    return None


def _step_page(
    listing: Listing,
    step: str,
    form: StepForm,
    *,
    status: int = 200,
    taken_by: UUID | None = None,
    file_form: FileForm | None = None,
) -> ResponseReturnValue:
    content = author_content(listing)
    words = wording()
    conflict = status == 409  # noqa: PLR2004 — HTTP's conflict
    editors = queries.load_people(db.session, [listing.edited_by])
    page = render_template(
        "listings/edit.html",
        listing=listing,
        step=step,
        steps=STEPS,
        form=form,
        tasks=task_list(remarks_on(listing, content), content),
        theirs=[(PARTS[name].label, words.lines(name, content[name])) for name in steps_of(step)]
        if conflict
        else [],
        conflict=conflict,
        editor=next((editor.name for editor in editors.values()), ""),
        taken_by=taken_by,
        levels=LEVEL_MEANINGS,
        files=queries.list_files(db.session, listing.id) if step == "evidence" else [],
        file_form=(file_form or FileForm(formdata=None)) if step == "evidence" else None,
    )
    return page, status


@bp.post("/listings/<uuid:listing_id>/edit/<step>/autosave")
def autosave(listing_id: UUID, step: str) -> ResponseReturnValue:
    """Save the faultless fields while the author writes; the answer is a line for the page."""
    listing = _own(listing_id)
    if step not in FORMS:
        raise NotFound
    form = FORMS[step](data=FORMS[step].data_of(author_content(listing)))
    form.validate()
    try:
        drafts.save_step(
            db.session,
            actor=current_actor(),
            listing_id=listing_id,
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
    return jsonify(message=saved, version=seen_of(_own(listing_id), step))


@bp.get("/listings/<uuid:listing_id>/edit/check")
def check(listing_id: UUID) -> ResponseReturnValue:
    """Show all answers with what is missing and what buyers will ask, before sending."""
    listing = _own(listing_id)
    content = author_content(listing)
    words = wording()
    remarks = remarks_on(listing, content)
    return render_template(
        "listings/check.html",
        listing=listing,
        can=permissions.steps_for(current_actor(), listing),
        is_verified=listing.organization_id in current_actor().verified,
        is_waiting=rules.REVIEW.is_waiting(listing),
        remarks=remarks,
        needed=[one for one in remarks if one.weight is Weight.REQUIRED],
        advised=[one for one in remarks if one.weight is Weight.ADVICE],
        tasks=task_list(remarks, content),
        answers={
            step: [(PARTS[name].label, words.lines(name, content[name])) for name in steps_of(step)]
            for step in STEPS
        },
        steps=STEPS,
        parts=PARTS,
    )


@bp.post("/listings/<uuid:listing_id>/send")
def send(listing_id: UUID) -> ResponseReturnValue:
    """Send the text for review."""
    try:
        listing = reviews.send_for_review(
            db.session, actor=current_actor(), listing_id=listing_id, now=now()
        )
    except RuleBroken as error:
        flash_refusal(error)
        return see_other(url_for(".check", listing_id=listing_id))
    flash(gettext("Sent. A reviewer reads it; you will be told."), "success")
    return see_other(url_for(".index", organization_id=listing.organization_id))


@bp.post("/listings/<uuid:listing_id>/files")
def attach(listing_id: UUID) -> ResponseReturnValue:
    """Keep a file, and let it prove a level when one was chosen."""
    listing = _own(listing_id)
    form = FileForm()
    try:
        upload = taken(form.file) if form.accepted() else None
        if upload is None:
            if not form.errors:
                form.reject(RuleBroken(N_("Choose a file first."), field="file"))
            return _file_refused(listing, form)
        attachments.attach_to_listing(
            db.session,
            actor=current_actor(),
            listing_id=listing_id,
            upload=upload,
            visibility=Visibility(form.visibility.data),
            level=int(form.level.data) if form.level.data else None,
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return _file_refused(listing, form)
    flash(gettext("“%(name)s” is attached.", name=upload.name), "success")
    return see_other(url_for(".edit", listing_id=listing.id, step="evidence") + "#files")


def _file_refused(listing: Listing, file_form: FileForm) -> ResponseReturnValue:
    """Show the step again with the fault at the file's own form, far below the page's head."""
    form = FORMS["evidence"](formdata=None, data=FORMS["evidence"].data_of(author_content(listing)))
    form.version.data = seen_of(listing, "evidence")
    return _step_page(listing, "evidence", form, status=422, file_form=file_form)


@bp.post("/listings/<uuid:listing_id>/files/<uuid:attachment_id>/remove")
def detach(listing_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Take a file off the listing and its levels."""
    attachments.detach_from_listing(
        db.session,
        actor=current_actor(),
        listing_id=listing_id,
        attachment_id=attachment_id,
        now=now(),
    )
    flash(gettext("The file was removed."), "success")
    return see_other(url_for(".edit", listing_id=listing_id, step="evidence") + "#files")
