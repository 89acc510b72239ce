"""Collections of the signed-in person, and the page behind a share link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.discovery import services
from marketplace.discovery.answering import PRIVATE
from marketplace.discovery.forms import AddForm, CollectionForm, NoteForm
from marketplace.discovery.labels import Labels
from marketplace.discovery.queries import collections, fallback
from marketplace.discovery.rows import row_of
from marketplace.discovery.services import CollectionDraft
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter, settings
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, own_address, see_other
from search.documents import Kind
from search.results import Hit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from marketplace.discovery.models import Collection

bp = Blueprint("collections", __name__, url_prefix="/collections")

#: The choice that makes a new collection.
NEW = "new"


@bp.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """List the person's collections, and begin one."""
    form = CollectionForm()
    actor = current_actor()
    if form.accepted():
        try:
            made = services.make_collection(db.session, actor=actor, draft=form.to_draft())
        except RuleBroken as error:
            form.reject(error)
        else:
            return see_other(url_for(".show", collection_id=made.id))
    rows = collections.list_collections(db.session, actor=actor)
    return form_page("collections/index.html", form, rows=rows)


@bp.route("/<uuid:collection_id>", methods=["GET", "POST"])
def show(collection_id: UUID) -> ResponseReturnValue:
    """Show a collection with its notes; rename it."""
    actor = current_actor()
    collection = collections.get_collection(db.session, collection_id, actor=actor)
    form = CollectionForm(obj=collection)
    if form.accepted():
        try:
            services.change_collection(
                db.session, actor=actor, collection_id=collection_id, draft=form.to_draft()
            )
        except RuleBroken as error:
            db.session.refresh(collection)
            form.reject(error)
        else:
            flash(gettext("Your changes are saved."))
            return see_other(url_for(".show", collection_id=collection_id))
    return form_page(
        "collections/show.html",
        form,
        collection=collection,
        entries=_entries(collection),
        share_url=_share_url(collection),
        note_form=NoteForm(formdata=None),
    )


def _entries(collection: Collection) -> list[dict[str, Any]]:
    entries = collections.list_entries(db.session, collection)
    names = {entry.document.organization_id for entry in entries if entry.document}
    labels = Labels(db.session, current_language(), names)
    return [
        {
            "item": entry.item,
            "kind": entry.kind,
            "row": row_of(Hit(entry.document, 0.0), (), labels) if entry.document else None,
        }
        for entry in entries
    ]


def _share_url(collection: Collection) -> str | None:
    if collection.share_token is None:
        return None
    path: str = url_for("collections.shared", token=collection.share_token)
    return settings().base_url + path


@bp.route("/add/<kind>/<uuid:record_id>", methods=["GET", "POST"])
def add(kind: str, record_id: UUID) -> ResponseReturnValue:
    """Put a record into a collection, or into a new one."""
    actor = current_actor()
    if kind not in collections.COLLECTED:
        raise NotFound
    documents = fallback.load(db.session, Kind(kind), [record_id])
    if not documents:
        raise NotFound
    mine = [one for one, _count in collections.list_collections(db.session, actor=actor)]
    form = AddForm()
    form.collection.choices = [
        *((str(one.id), one.name) for one in mine),
        (NEW, gettext("A new collection")),
    ]
    labels = Labels(db.session, current_language(), [documents[0].organization_id])
    page = {
        "row": row_of(Hit(documents[0], 0.0), (), labels),
        "mine": mine,
        "back": own_address(request.args.get("back"), otherwise=""),
    }
    if not form.accepted():
        return form_page("collections/add.html", form, **page)
    try:
        collection_id = _chosen(form, mine)
        services.collect(
            db.session,
            actor=actor,
            collection_id=collection_id,
            kind=Kind(kind),
            record_id=record_id,
            note=text(form.note),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("collections/add.html", form, **page)
    flash(gettext("It is in your collection."))
    return see_other(url_for(".show", collection_id=collection_id))


def _chosen(form: AddForm, mine: Sequence[Collection]) -> UUID:
    """Give the chosen collection; a new one is made first."""
    if form.collection.data != NEW:
        return UUID(form.collection.data)
    name = text(form.name) or gettext("Collection %(number)s", number=len(mine) + 1)
    made = services.make_collection(
        db.session, actor=current_actor(), draft=CollectionDraft(name=name)
    )
    return made.id


@bp.post("/<uuid:collection_id>/items/<uuid:item_id>/note")
def annotate(collection_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Change the note beside a record."""
    form = NoteForm()
    if not form.accepted():
        flash(gettext("A note has 1,000 characters at most."), "error")
        return see_other(url_for(".show", collection_id=collection_id))
    services.annotate(
        db.session,
        actor=current_actor(),
        collection_id=collection_id,
        item_id=item_id,
        note=text(form.note),
    )
    flash(gettext("The note is saved."))
    return see_other(url_for(".show", collection_id=collection_id, _anchor=f"item-{item_id}"))


@bp.post("/<uuid:collection_id>/items/<uuid:item_id>/remove")
def take_out(collection_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """Take a record out."""
    services.take_out(
        db.session, actor=current_actor(), collection_id=collection_id, item_id=item_id
    )
    return see_other(url_for(".show", collection_id=collection_id))


@bp.post("/<uuid:collection_id>/delete")
def delete(collection_id: UUID) -> ResponseReturnValue:
    """Forget a collection."""
    services.delete_collection(db.session, actor=current_actor(), collection_id=collection_id)
    flash(gettext("The collection is deleted."))
    return see_other(url_for(".index"))


@bp.post("/<uuid:collection_id>/share")
def share(collection_id: UUID) -> ResponseReturnValue:
    """Make a new link."""
    services.share(db.session, actor=current_actor(), collection_id=collection_id, now=now())
    flash(gettext("The link is ready. Whoever has it can read this collection and its notes."))
    return see_other(url_for(".show", collection_id=collection_id, _anchor="share"))


@bp.post("/<uuid:collection_id>/stop-sharing")
def stop_sharing(collection_id: UUID) -> ResponseReturnValue:
    """End the link."""
    services.stop_sharing(db.session, actor=current_actor(), collection_id=collection_id)
    flash(gettext("The link no longer works."))
    return see_other(url_for(".show", collection_id=collection_id, _anchor="share"))


@bp.get("/shared/<token>")
@public
@limiter.limit("60 per minute")
def shared(token: str) -> ResponseReturnValue:
    """Show a collection to whoever has its link."""
    collection = collections.get_shared(db.session, token)
    entries = _entries(collection)
    shown = [entry for entry in entries if entry["row"] is not None]
    response = make_response(
        render_template(
            "collections/shared.html",
            collection=collection,
            entries=shown,
            hidden=len(entries) - len(shown),
        )
    )
    response.headers["Cache-Control"] = PRIVATE
    # The address is the key: it must not travel to other sites with a click.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
