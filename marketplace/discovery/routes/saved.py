"""Saved searches of the signed-in person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.errors import RuleBroken
from marketplace.discovery import alerts, rules, services
from marketplace.discovery.forms import SavedSearchForm
from marketplace.discovery.labels import Labels
from marketplace.discovery.models import AlertFrequency, Scope
from marketplace.discovery.presenting import address, chips_of
from marketplace.discovery.queries import saved
from marketplace.discovery.services import SearchDraft
from marketplace.indexing.parsing import query_from_args
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, parts
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other
from search.documents import Kind

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from search.queries import Query

bp = Blueprint("saved_searches", __name__, url_prefix="/saved-searches")


@bp.get("/")
def index() -> ResponseReturnValue:
    """List the person's searches with what is new in each."""
    actor = current_actor()
    searches = saved.list_saved_searches(db.session, actor=actor)
    news = alerts.count_news(parts(), searches, actor=actor)
    described = [(one, *described_by(services.query_of(one.search))) for one in news]
    return render_template("saved_searches/index.html", rows=described, limit=rules.SAVED_LIMIT)


def described_by(query: Query) -> tuple[str, list[str]]:
    """Give a search's words and the names of its filters in the reader's language."""
    labels = Labels(db.session, current_language(), query.chosen.get("organization_id", ()))
    return query.text, [chip.label for chip in chips_of(query, labels)]


@bp.route("/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Keep the search that the address holds."""
    kind = Kind.NEED if request.args.get("scope") == Kind.NEED else Kind.LISTING
    query = query_from_args(request.args, kind)
    words, filters = described_by(query)
    form = SavedSearchForm()
    page = {"query": query, "words": words, "filters": filters, "back": address(query)}
    if not form.accepted():
        if not form.is_submitted():
            otherwise = gettext(Scope(kind.value).label)
            form.name.data = rules.suggested_name(words, filters, otherwise)
        return form_page("saved_searches/create.html", form, **page)
    draft = SearchDraft(name=text(form.name), frequency=form.to_frequency(), query=query)
    try:
        services.save_search(db.session, actor=current_actor(), draft=draft, now=now())
    except RuleBroken as error:
        form.reject(error)
        return form_page("saved_searches/create.html", form, **page)
    flash(gettext("The search is saved."))
    return see_other(url_for(".index"))


@bp.route("/<uuid:search_id>", methods=["GET", "POST"])
def edit(search_id: UUID) -> ResponseReturnValue:
    """Rename a search, or tell of its news at another pace."""
    actor = current_actor()
    search = saved.get_saved_search(db.session, search_id, actor=actor)
    query = services.query_of(search)
    words, filters = described_by(query)
    page = {"search": search, "words": words, "filters": filters}
    form = SavedSearchForm(data={"name": search.name, "frequency": search.frequency.value})
    if not form.accepted():
        return form_page("saved_searches/edit.html", form, **page)
    try:
        services.change_search(
            db.session,
            actor=actor,
            search_id=search_id,
            name=text(form.name),
            frequency=form.to_frequency(),
            now=now(),
        )
    except RuleBroken as error:
        db.session.refresh(search)
        form.reject(error)
        return form_page("saved_searches/edit.html", form, **page)
    flash(gettext("Your changes are saved."))
    return see_other(url_for(".index"))


@bp.post("/<uuid:search_id>/run")
def run(search_id: UUID) -> ResponseReturnValue:
    """Open the search's results; what is there now is no longer new."""
    search = services.open_search(db.session, actor=current_actor(), search_id=search_id, now=now())
    return see_other(address(services.query_of(search)))


@bp.post("/<uuid:search_id>/quiet")
def quiet(search_id: UUID) -> ResponseReturnValue:
    """End the alerts of a search with one click."""
    search = saved.get_saved_search(db.session, search_id, actor=current_actor())
    services.change_search(
        db.session,
        actor=current_actor(),
        search_id=search_id,
        name=search.name,
        frequency=AlertFrequency.OFF,
        now=now(),
    )
    flash(gettext("This search tells you nothing any more."))
    return see_other(url_for(".index"))


@bp.post("/<uuid:search_id>/delete")
def delete(search_id: UUID) -> ResponseReturnValue:
    """Forget a search."""
    services.delete_search(db.session, actor=current_actor(), search_id=search_id)
    flash(gettext("The search is deleted."))
    return see_other(url_for(".index"))
