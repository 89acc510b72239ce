"""Pages of papers: read, sign, download, and the public check."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, make_response, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.errors import EditedElsewhere, NotFound, RuleBroken
from marketplace.files.forms import taken
from marketplace.papers import queries, rules, services, typesetting, watermark
from marketplace.papers.content import from_json
from marketplace.papers.forms import CheckForm, ScanForm, SignForm
from marketplace.papers.permissions import SIGNERS, may_sign
from marketplace.papers.registry import rules_of
from marketplace.papers.typesetting.press import qr_svg
from marketplace.papers.typesetting.sheet import laid_out, stamp_time
from marketplace.web.access import current_actor, public
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.downloads import download
from marketplace.web.extensions import db, limiter, settings
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from marketplace.core.actor import Actor
    from marketplace.papers.models import Paper

bp = Blueprint("papers", __name__)

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHA_LENGTH = 64


def check_url(paper: Paper) -> str:
    """Give the address that stands as QR code on the paper."""
    return f"{settings().base_url}/check/{paper.sha256}"


def paper_language() -> str:
    """Give the language in which to show the text: asked for, or that of the page."""
    asked = request.args.get("text", "")
    return asked if asked in ("zh", "en") else current_language()


def _signs_for_a_party(actor: Actor, paper: Paper) -> bool:
    return any(
        party.person_id == actor.user_id
        or (party.organization_id is not None and actor.has_role(party.organization_id, *SIGNERS))
        for party in paper.parties
    )


@bp.get("/papers")
def index() -> ResponseReturnValue:
    """List the papers of the actor's parties, those to be signed first."""
    page = queries.list_own(db.session, actor=current_actor(), number=page_number())
    return render_template("papers/index.html", page=page)


@bp.get("/papers/<uuid:paper_id>")
def show(paper_id: UUID) -> ResponseReturnValue:
    """Show the text, who signed it, and a form for whom may sign."""
    return _page(paper_id, SignForm(formdata=None), ScanForm(formdata=None), status=200)


def _page(paper_id: UUID, form: SignForm, scan: ScanForm, *, status: int) -> ResponseReturnValue:
    actor = current_actor()
    paper = queries.get_paper(db.session, paper_id, actor=actor)
    language = paper_language()
    mine = [
        party
        for party in paper.parties
        if paper.is_current
        and party.signature is None
        and may_sign(db.session, actor, paper, party)
    ]
    if not form.is_submitted():
        form.sha256.data = paper.sha256
        form.party_id.data = str(mine[0].id) if mine else ""
        form.name.data = actor.name
    address = rules_of(paper).address
    shown = render_template(
        "papers/show.html",
        paper=paper,
        text_language=language,
        parts=list(laid_out(from_json(paper.body), language)),
        mine=mine,
        form=form,
        scan=scan,
        may_scan=rules.is_signed(paper) and _signs_for_a_party(actor, paper),
        scans=queries.scans_of(db.session, paper),
        numbers=queries.list_numbers(db.session, paper),
        about=address(paper.object_id) if address else None,
    )
    return shown, status


@bp.post("/papers/<uuid:paper_id>/sign")
@limiter.limit("60/hour")
def sign(paper_id: UUID) -> ResponseReturnValue:
    """Sign for one's party; a text that changed meanwhile is shown anew."""
    form = SignForm()
    if form.accepted():
        try:
            services.sign(
                db.session,
                actor=current_actor(),
                paper_id=paper_id,
                party_id=_uuid(text(form.party_id)),
                name=text(form.name),
                sha256=text(form.sha256),
                now=now(),
                upload=taken(form.upload),
            )
        except EditedElsewhere:
            raise
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("You have signed."), "success")
            return see_other(url_for(".show", paper_id=paper_id))
    return _page(paper_id, form, ScanForm(formdata=None), status=422)


@bp.post("/papers/<uuid:paper_id>/scans")
@limiter.limit("60/hour")
def attach(paper_id: UUID) -> ResponseReturnValue:
    """Take the stamped copy of a signed paper."""
    form = ScanForm()
    try:
        upload = taken(form.upload)
        if upload is None:
            form.reject(RuleBroken(gettext("Choose a file."), field="upload"))
        else:
            services.attach_scan(
                db.session, actor=current_actor(), paper_id=paper_id, upload=upload, now=now()
            )
            flash(gettext("The stamped copy is kept."), "success")
            return see_other(url_for(".show", paper_id=paper_id, _anchor="scans"))
    except RuleBroken as error:
        form.reject(RuleBroken(error.message, field="upload", **error.values))
    return _page(paper_id, SignForm(formdata=None), form, status=422)


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound from error


@bp.get("/papers/<uuid:paper_id>.pdf")
@limiter.limit("120/hour")
def pdf(paper_id: UUID) -> ResponseReturnValue:
    """Send the paper as PDF, marked with who opened it and when."""
    actor = current_actor()
    paper = queries.get_paper(db.session, paper_id, actor=actor)
    made = typesetting.pdf(paper, language=paper_language(), check_url=check_url(paper))
    if request.args.get("mark", "yes") != "no":
        made = watermark.stamp(made, f"{actor.name}  {stamp_time(now())[:16]}")
    return download(made, "application/pdf", f"{_file_name(paper)}.pdf")


@bp.get("/papers/<uuid:paper_id>.docx")
@limiter.limit("120/hour")
def docx(paper_id: UUID) -> ResponseReturnValue:
    """Send the paper as a document that an office program edits."""
    paper = queries.get_paper(db.session, paper_id, actor=current_actor())
    made = typesetting.docx(paper, language=paper_language(), check_url=check_url(paper))
    return download(made, _DOCX, f"{_file_name(paper)}.docx")


def _file_name(paper: Paper) -> str:
    title = paper.title_en if paper_language() == "en" else paper.title
    return f"{title}-{paper.number}-{paper.sha256[:8]}"


@bp.get("/check")
@public
@limiter.limit("120/hour")
def check_form() -> ResponseReturnValue:
    """Ask for the hash that is printed on a paper."""
    form = CheckForm(request.args)
    if request.args and form.validate():
        return see_other(url_for(".check", sha256=text(form.sha256).lower()))
    return render_template("papers/check_form.html", form=form), 422 if request.args else 200


@bp.get("/check/<sha256>")
@public
@limiter.limit("120/hour")
def check(sha256: str) -> ResponseReturnValue:
    """Say whether a paper with this hash exists here: kind, day, number of signatures, no more."""
    known = queries.by_hash(db.session, sha256) if len(sha256) == _SHA_LENGTH else None
    signed = [party.signature for party in known.parties if party.signature] if known else []
    last: datetime | None = max((one.at for one in signed), default=None)
    page = render_template(
        "papers/check.html", paper=known, sha256=sha256, signed=len(signed), last=last
    )
    return page, 200 if known else 404


@bp.get("/check/<sha256>.svg")
@public
def code(sha256: str) -> ResponseReturnValue:
    """Draw the QR code of a known paper's check page."""
    known = queries.by_hash(db.session, sha256) if len(sha256) == _SHA_LENGTH else None
    if known is None:
        raise NotFound
    response = make_response(qr_svg(check_url(known)))
    response.headers["Content-Type"] = "image/svg+xml"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
