"""The page of a technology, and what hangs on it: counting, citing, sharing, history."""

from __future__ import annotations

import io
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import segno
from flask import Response, abort, render_template

from marketplace.core.errors import NotFound
from marketplace.files.models import Visibility
from marketplace.files.services import list_attachments
from marketplace.listings import permissions, queries, rights
from marketplace.listings.citations import Citation, bibtex, national, ris
from marketplace.listings.content import public_content
from marketplace.listings.models import ListingStatus
from marketplace.listings.routes.blueprint import bp, wording
from marketplace.listings.routes.wizard import PAGES
from marketplace.listings.services.views import count_view
from marketplace.listings.sheet import in_language, keywords_in
from marketplace.listings.wording import LEVEL_MEANINGS
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import csrf, db, limiter, settings
from marketplace.web.languages import current_language
from marketplace.web.templating import local, site_title

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.listings.models import Listing
    from marketplace.listings.sheet import Localized

_CITATIONS = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
}


@bp.get("/technologies/<uuid:listing_id>")
@public
def show(listing_id: UUID) -> ResponseReturnValue:
    """Show a technology: facts first, then evidence, rights, terms and people."""
    actor = current_actor()
    try:
        listing = queries.get_listing(db.session, listing_id, actor=actor)
    except NotFound:
        gone = queries.find_gone(db.session, listing_id)
        if gone is None:
            raise
        return render_template("listings/gone.html", listing=gone, local=_local(gone)), 410
    files = list_attachments(
        db.session, actor, object_kind=queries.ATTACHED_TO, object_id=listing_id
    )
    everything = queries.list_files(db.session, listing_id)
    hidden = Counter(
        file.visibility
        for file in everything
        if file not in files and file.visibility is not Visibility.INTERNAL
    )
    return render_template(
        "listings/show.html",
        listing=listing,
        organization=listing.organization,
        local=_local(listing),
        words=wording(),
        keywords=keywords_in(listing, current_language()),
        can=permissions.steps_for(actor, listing),
        is_own=actor.is_member(listing.organization_id),
        is_shown=permissions.is_shown(listing.status, listing.organization.status),
        may_enquire=permissions.may_enquire(actor, listing, listing.organization),
        rights_shown=[
            (
                right,
                rights.shown_number(right.number, granted=rights.is_granted(right.legal_status)),
            )
            for right in listing.rights
        ],
        evidence={row.level: row for row in listing.evidence},
        levels=LEVEL_MEANINGS,
        files=files,
        files_by_id={file.id: file for file in files},
        hidden_files=hidden,
        citation=national(_citation(listing), language=current_language())
        if listing.published_at
        else "",
        address=_address(listing_id),
        views=queries.count_views(db.session, [listing_id]).get(listing_id, 0)
        if permissions.may_see_views(actor, listing)
        else None,
    )


def _local(listing: Listing) -> Callable[[str], Localized]:
    return partial(in_language, listing, language=current_language())


def _address(listing_id: UUID) -> str:
    """Give the address that is shared and cited: without language, on the site's own name."""
    return f"{settings().base_url}/technologies/{listing_id}"


def _citation(listing: Listing) -> Citation:
    language = current_language()
    organization = listing.organization
    published = listing.published_at or listing.created_at
    return Citation(
        key=f"hanqiao-{str(listing.id)[:8]}",
        title=in_language(listing, "title", language).text,
        authors=tuple(row["name"] for row in listing.inventors if row.get("name")),
        organization=(organization.name_en if language == "en" else "") or organization.name,
        publisher=site_title(),
        published_on=local(published).date(),
        cited_on=local(now()).date(),
        address=_address(listing.id),
    )


@bp.post("/technologies/<uuid:listing_id>/viewed")
@public
@csrf.exempt  # type: ignore[untyped-decorator]
@limiter.limit("60/minute")
def viewed(listing_id: UUID) -> ResponseReturnValue:
    """Count that the page was opened.

    The page's script sends this without cookies, so nobody can be known by it, and a page that a
    shared cache answers is counted, too. A GET may not write, and a job per view would only move
    the same write elsewhere. There is no token because there is no session to misuse; what a
    forged call can do is add one to a number, as often as the limit allows.
    """
    count_view(
        db.session,
        actor=current_actor(),
        listing_id=listing_id,
        on=local(now()).date(),
    )
    return "", 204


@bp.get("/technologies/<uuid:listing_id>/qr.<form>")
@public
def qr(listing_id: UUID, form: str) -> ResponseReturnValue:
    """Draw the page's address as a QR code, as SVG or PNG."""
    queries.get_listing(db.session, listing_id, actor=current_actor())
    if form not in ("svg", "png"):
        abort(404)
    stream = io.BytesIO()
    segno.make(_address(listing_id), error="m").save(
        stream, kind=form, scale=6 if form == "png" else 4, border=2
    )
    kind = "image/svg+xml" if form == "svg" else "image/png"
    return Response(stream.getvalue(), mimetype=kind)


@bp.get("/technologies/<uuid:listing_id>/cite.<form>")
@public
def cite(listing_id: UUID, form: str) -> ResponseReturnValue:
    """Give the reference as a file for literature programs."""
    listing = queries.get_listing(db.session, listing_id, actor=current_actor())
    if form not in _CITATIONS or listing.published_at is None:
        abort(404)
    write, kind = _CITATIONS[form]
    response = Response(write(_citation(listing)), mimetype=kind)
    name = f"hanqiao-{str(listing.id)[:8]}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/listings/<uuid:listing_id>/history")
def history(listing_id: UUID) -> ResponseReturnValue:
    """Show the reviewed texts, each compared with the one before it."""
    actor = current_actor()
    listing = queries.get_listing(db.session, listing_id, actor=actor)
    if not (
        actor.is_member(listing.organization_id) or actor.is_reviewer or actor.is_administrator
    ):
        raise NotFound
    unread = listing.status in (ListingStatus.DRAFT, ListingStatus.UNDER_REVIEW)
    return PAGES.history(listing, current=None if unread else public_content(listing))
