"""Writing a listing step by step: saved as one writes, safe when two write at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, url_for
from flask_babel import gettext

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.pages import TextPages
from marketplace.files.forms import taken
from marketplace.files.models import Visibility
from marketplace.listings import permissions, queries, rules
from marketplace.listings.content import OUTLINE, author_content
from marketplace.listings.forms.decisions import FileForm
from marketplace.listings.forms.steps import FORMS
from marketplace.listings.lint import lint
from marketplace.listings.routes.blueprint import bp, wording
from marketplace.listings.services import attachments, drafts, reviews
from marketplace.listings.services.drafts import RightTaken
from marketplace.listings.wording import LEVEL_MEANINGS
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import say
from marketplace.web.pages import flash_refusal, see_other

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.drafting.forms import StepForm
    from marketplace.drafting.outline import Content, Remark
    from marketplace.listings.models import Listing


def _own(listing_id: UUID) -> Listing:
    return queries.get_own_listing(db.session, listing_id, actor=current_actor())


class ListingPages(TextPages["Listing"]):
    """What is special of the pages on which listings are written and reviewed."""

    folder, thing, ours = "listings", "listing", N_("Our technologies")
    outline, path, forms = OUTLINE, rules.REVIEW, FORMS
    revisions, reasons = queries.REVISIONS, reviews.PREPARED_REASONS

    def heading(self, one: Listing) -> str:
        """Give its title."""
        return one.title

    def content(self, one: Listing) -> Content:
        """Give the text as its author last left it."""
        return author_content(one)

    def remarks(self, one: Listing, content: Content) -> list[Remark]:
        """Give what is required first, then what buyers will ask."""
        found = rules.missing(content, imported=reviews.is_imported(one))
        return found + lint(content, content["language"])

    def lines(self, name: str, value: Any) -> list[str]:  # noqa: ANN401 — any part of a content
        """Give a part's lines in the words of this request's language."""
        return wording().lines(name, value)

    def may_write(self, one: Listing) -> bool:
        """Whether the actor writes listings of this organization."""
        return permissions.may_keep_up(current_actor(), one)

    def may_edit(self, one: Listing, step: str) -> bool:  # noqa: ARG002 — all steps alike
        """Whether the actor may change the text now."""
        return permissions.may_edit(current_actor(), one)

    def save(self, one: Listing, step: str, values: Mapping[str, Any], seen: str) -> None:
        """Save what a step brings."""
        drafts.save_step(
            db.session,
            actor=current_actor(),
            listing_id=one.id,
            step=step,
            values=values,
            seen=seen,
            now=now(),
        )

    def publish(self, one: Listing, seen: int) -> None:
        """Publish the text that the reviewer read."""
        reviews.publish_listing(
            db.session, actor=current_actor(), listing_id=one.id, seen=seen, now=now()
        )

    def give_back(self, one: Listing, reason: str, seen: int) -> None:
        """Return the text that the reviewer read."""
        reviews.return_listing(
            db.session,
            actor=current_actor(),
            listing_id=one.id,
            reason=reason,
            seen=seen,
            now=now(),
        )

    def refuse(self, form: StepForm, error: RuleBroken) -> dict[str, Any]:
        """Show a broken rule; of a right that is taken, lead to the listing that names it."""
        if not isinstance(error, RightTaken):
            return super().refuse(form, error)
        form.general_errors.append(say(error.message, error.values))
        return {"taken_by": error.listing_id}

    def extras(self, one: Listing, step: str, content: Content) -> dict[str, Any]:  # noqa: ARG002
        """Give the files, where levels are proved by them."""
        return {
            "taken_by": None,
            "levels": LEVEL_MEANINGS,
            "files": queries.list_files(db.session, one.id) if step == "evidence" else [],
            "file_form": FileForm(formdata=None) if step == "evidence" else None,
        }


PAGES = ListingPages()


@bp.get("/listings/<uuid:listing_id>/edit")
def edit_start(listing_id: UUID) -> ResponseReturnValue:
    """Lead to the answers of a listing, from where each step is reached."""
    _own(listing_id)
    return see_other(url_for(".check", listing_id=listing_id))


@bp.route("/listings/<uuid:listing_id>/edit/<step>", methods=["GET", "POST"])
def edit(listing_id: UUID, step: str) -> ResponseReturnValue:
    """Show one step and save it; a refused one keeps every typed value."""
    return PAGES.edit(_own(listing_id), step)


@bp.post("/listings/<uuid:listing_id>/edit/<step>/autosave")
def autosave(listing_id: UUID, step: str) -> ResponseReturnValue:
    """Save the faultless fields while the author writes; the answer is a line for the page."""
    return PAGES.autosave(_own(listing_id), step)


@bp.get("/listings/<uuid:listing_id>/edit/check")
def check(listing_id: UUID) -> ResponseReturnValue:
    """Show all answers with what is missing and what buyers will ask, before sending."""
    listing = _own(listing_id)
    return PAGES.check(listing, can=permissions.steps_for(current_actor(), listing))


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
    form = PAGES.form(listing, "evidence", formdata=None)
    form.version.data = PAGES.seen_of(listing, "evidence")
    return PAGES.step_page(listing, "evidence", form, status=422, file_form=file_form)


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
