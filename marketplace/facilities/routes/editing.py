"""Writing a facility step by step: saved as one writes, safe when two write at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, request, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.pages import TextPages
from marketplace.facilities import permissions, queries, rules
from marketplace.facilities.content import OUTLINE, author_content
from marketplace.facilities.forms.decisions import PhotoForm, ProofForm
from marketplace.facilities.forms.steps import FORMS
from marketplace.facilities.guests import HoursTouch
from marketplace.facilities.photos import encoded_anew
from marketplace.facilities.routes.blueprint import bp, wording
from marketplace.facilities.services import drafts, files, reviews
from marketplace.facilities.wording import WEEKDAYS
from marketplace.files.forms import store, taken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import flash_refusal, see_other

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.drafting.forms import StepForm
    from marketplace.drafting.outline import Content, Remark
    from marketplace.facilities.models import Facility


def own(facility_id: UUID) -> Facility:
    """Give a facility of one of the actor's organizations."""
    return queries.get_own_facility(db.session, facility_id, actor=current_actor())


class FacilityPages(TextPages["Facility"]):
    """What is special of the pages on which facilities are written and reviewed."""

    folder, thing, ours = "facilities", "facility", N_("Our facilities")
    outline, path, forms = OUTLINE, rules.REVIEW, FORMS
    revisions, reasons = queries.REVISIONS, reviews.PREPARED_REASONS
    immediate = frozenset({"hours"})

    def heading(self, one: Facility) -> str:
        """Give its name."""
        return one.name

    def content(self, one: Facility) -> Content:
        """Give the text as its author last left it."""
        return author_content(one)

    def remarks(self, one: Facility, content: Content) -> list[Remark]:
        """Give what is needed before sending."""
        return rules.missing(
            content, today=reviews.today_of(now()), known_number=reviews.known_number(one)
        )

    def lines(self, name: str, value: Any) -> list[str]:  # noqa: ANN401 — any part of a content
        """Give a part's lines in the words of this request's language."""
        return wording().lines(name, value)

    def may_write(self, one: Facility) -> bool:
        """Whether the actor writes facilities of this organization."""
        return permissions.writes_for(current_actor(), one.organization_id)

    def may_edit(self, one: Facility, step: str) -> bool:
        """Whether the actor may change the step now; hours hold at once, so nobody reads them."""
        if step == "hours":
            return permissions.may_set_hours(current_actor(), one)
        return permissions.may_edit(current_actor(), one)

    def save(self, one: Facility, step: str, values: Mapping[str, Any], seen: str) -> None:
        """Save what a step brings."""
        drafts.save_step(
            db.session,
            actor=current_actor(),
            facility_id=one.id,
            step=step,
            values=values,
            seen=seen,
            now=now(),
            shuts_out=request.form.get("shuts_out") == "1",
        )

    def refuse(self, form: StepForm, error: RuleBroken) -> dict[str, Any]:
        """Show a broken rule; name the guests whom new hours would shut out."""
        form.reject(error)
        return {"guests": error.guests} if isinstance(error, HoursTouch) else {}

    def publish(self, one: Facility, seen: int) -> None:
        """Publish the text that the reviewer read."""
        reviews.publish_facility(
            db.session, actor=current_actor(), facility_id=one.id, seen=seen, now=now()
        )

    def give_back(self, one: Facility, reason: str, seen: int) -> None:
        """Return the text that the reviewer read."""
        reviews.return_facility(
            db.session,
            actor=current_actor(),
            facility_id=one.id,
            reason=reason,
            seen=seen,
            now=now(),
        )

    def extras(self, one: Facility, step: str, content: Content) -> dict[str, Any]:
        """Give the files that the step may hang on it."""
        return {
            "weekdays": WEEKDAYS,
            "content": content,
            "attachments": {str(file.id): file for file in queries.list_files(db.session, one.id)},
            "proof_form": ProofForm(formdata=None) if step == "filing" else None,
            "photo_form": PhotoForm(formdata=None) if step == "people" else None,
        }


PAGES = FacilityPages()


@bp.route("/facilities/<uuid:facility_id>/edit/<step>", methods=["GET", "POST"])
def edit(facility_id: UUID, step: str) -> ResponseReturnValue:
    """Show one step and save it; a refused one keeps every typed value."""
    return PAGES.edit(own(facility_id), step)


@bp.post("/facilities/<uuid:facility_id>/edit/<step>/autosave")
def autosave(facility_id: UUID, step: str) -> ResponseReturnValue:
    """Save the faultless fields while the author writes; the answer is a line for the page."""
    return PAGES.autosave(own(facility_id), step)


@bp.get("/facilities/<uuid:facility_id>/check")
def check(facility_id: UUID) -> ResponseReturnValue:
    """Show all answers with what is missing, before sending."""
    facility = own(facility_id)
    content = author_content(facility)
    return PAGES.check(
        facility,
        can=permissions.steps_for(current_actor(), facility),
        applies=rules.is_application(content["filing_level"], content["filing_number"]),
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
