"""The room: files, particulars, the agreement, and the log of who opened what."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from flask import flash, render_template, send_file, url_for
from flask_babel import gettext

from marketplace.accounts.queries import names_of
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals import confidentiality, permissions
from marketplace.deals.forms.work import DisclosureForm, PurposeForm, RoomForm
from marketplace.deals.models import DealRole, DealStage
from marketplace.deals.queries import deals as deal_queries
from marketplace.deals.queries import room as queries
from marketplace.deals.routes.blueprint import bp, found, frame, people_named, sides
from marketplace.deals.services import room as services
from marketplace.deals.services import secrecy
from marketplace.files.forms import store, taken
from marketplace.files.kinds import PDF
from marketplace.papers.watermark import stamp
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import say, text
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import moment

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Response
    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal, DealView
    from marketplace.files.store import Upload
    from marketplace.web.forms import Form


@bp.get("/<uuid:deal_id>/room")
def room(deal_id: UUID) -> ResponseReturnValue:
    """Show the files, the particulars and the log."""
    return _page(found(deal_id), None)


def _others(deal: Deal) -> list[DealRole]:
    role = permissions.role_of(current_actor(), deal)
    return [one for one in sides(deal) if one is not role]


def _page(deal: Deal, form: Form | None, *, status: int = 200) -> ResponseReturnValue:
    actor = current_actor()
    viewer = queries.viewer_of(db.session, actor, deal)
    files = queries.list_files(db.session, deal.id)
    views = queries.list_views(db.session, deal.id, number=page_number())
    body = render_template(
        "deals/room.html",
        **frame(deal, "deals.room"),
        files=[(file, queries.may_open_file(file, viewer)) for file in files],
        viewer=viewer,
        disclosures={
            role: (row, confidentiality.shows(viewer, "deal_disclosure", "body", role=role))
            for role, row in queries.disclosures(db.session, deal.id).items()
        },
        listing_files=queries.record_files(db.session, deal, viewer, "listing"),
        need_files=queries.record_files(db.session, deal, viewer, "need"),
        views=views,
        people=people_named(
            deal,
            [*(view.person_id for view in views.items), *(file.uploaded_by for file in files)],
        ),
        agreement=secrecy.find_agreement(db.session, deal.id),
        form=form or RoomForm(_others(deal), formdata=None),
        parties=[DealRole.LICENSOR, DealRole.LICENSEE],
        parties_of=lambda file: [DealRole(one) for one in file.audience],
        view_label=_view_label,
    )
    return body, status


@bp.post("/<uuid:deal_id>/room")
@limiter.limit("120/hour")
def put(deal_id: UUID) -> ResponseReturnValue:
    """Put a file into the room."""
    deal = found(deal_id)
    require(permissions.may_act(current_actor(), deal))
    form = RoomForm(_others(deal))
    if form.accepted():
        try:
            upload = _sent(form)
            services.put_file(
                db.session,
                actor=current_actor(),
                deal_id=deal_id,
                upload=upload,
                audience=[DealRole(one) for one in form.audience.data or ()],
                confidential=bool(form.confidential.data),
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The file lies in the room."), "success")
            return see_other(url_for(".room", deal_id=deal_id))
    return _page(deal, form, status=422)


_VIEWED = {
    "room_file": N_("File in the room: %(label)s"),
    "listing_file": N_("File of the technology: %(label)s"),
    "need_file": N_("File of the need: %(label)s"),
    "disclosure": N_("Particulars %(label)s"),
}


def _view_label(view: DealView) -> str:
    return say(_VIEWED[view.object_kind], {"label": view.label})


def _sent(form: RoomForm) -> Upload:
    upload = taken(form.file)
    if upload is None:
        raise RuleBroken(N_("Choose a file."), field="file")
    return upload


@bp.post("/<uuid:deal_id>/room/<uuid:file_id>/open")
def open_file(deal_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Hand a version out; to another side a PDF carries its name and the time."""
    opened = services.open_file(
        db.session, actor=current_actor(), deal_id=deal_id, file_id=file_id, now=now()
    )
    path = store().path(opened.attachment.sha256)
    if not path.is_file():
        raise NotFound
    stamped = opened.stamped and opened.attachment.media_type == PDF
    content: object = path
    if stamped:
        content = io.BytesIO(stamp(path.read_bytes(), _mark()))
    response: Response = send_file(
        content,  # type: ignore[arg-type]
        mimetype=opened.attachment.media_type,
        as_attachment=True,
        download_name=opened.file.name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _mark() -> str:
    actor = current_actor()
    return f"{actor.name} · {moment(now())}"


@bp.post("/<uuid:deal_id>/room/<uuid:file_id>/remove")
def remove_file(deal_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take a version out of the others' sight."""
    services.remove_file(
        db.session, actor=current_actor(), deal_id=deal_id, file_id=file_id, now=now()
    )
    flash(gettext("The version is out of the others' sight; its line stays."), "success")
    return see_other(url_for(".room", deal_id=deal_id))


@bp.route("/<uuid:deal_id>/room/particulars", methods=["GET", "POST"])
def write_disclosure(deal_id: UUID) -> ResponseReturnValue:
    """Write the confidential particulars of one's side."""
    deal = found(deal_id)
    role = permissions.acting_role(current_actor(), deal)
    require(role in (DealRole.LICENSOR, DealRole.LICENSEE))
    standing = queries.disclosures(db.session, deal.id).get(role) if role else None
    form = DisclosureForm(body=standing.body if standing else "")
    if form.takes(
        lambda: services.write_disclosure(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            body=text(form.body),
            now=now(),
        )
    ):
        flash(gettext("Kept. The other side reads it once both have signed."), "success")
        return see_other(url_for(".room", deal_id=deal_id))
    return form_page("deals/write_disclosure.html", form, **frame(deal, "deals.room"))


@bp.post("/<uuid:deal_id>/room/particulars/<role>")
def read_disclosure(deal_id: UUID, role: str) -> ResponseReturnValue:
    """Show a side's confidential particulars and write down who read them."""
    deal = found(deal_id)
    try:
        side = DealRole(role)
    except ValueError:
        raise NotFound from None
    row = services.read_disclosure(
        db.session, actor=current_actor(), deal_id=deal_id, role=side, now=now()
    )
    return render_template(
        "deals/disclosure.html", **frame(deal, "deals.room"), row=row, mark=_mark()
    )


@bp.route("/<uuid:deal_id>/agreement", methods=["GET", "POST"])
def agreement(deal_id: UUID) -> ResponseReturnValue:
    """Show how far the confidentiality agreement is, and give it another purpose."""
    deal = found(deal_id)
    role = permissions.acting_role(current_actor(), deal)
    form = PurposeForm(
        purpose=deal_queries.value_of_exit(db.session, deal.id, "ask_confidentiality", "purpose")
    )
    if form.takes(
        lambda: secrecy.redraw_agreement(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            purpose=text(form.purpose),
            now=now(),
        )
    ):
        flash(gettext("A new number is drawn up; both sides sign it anew."), "success")
        return see_other(url_for(".agreement", deal_id=deal_id))
    paper = secrecy.find_agreement(db.session, deal.id)
    signers = (
        [party.signature.person_id for party in paper.parties if party.signature] if paper else []
    )
    return form_page(
        "deals/agreement.html",
        form,
        **frame(deal, "deals.room"),
        paper=paper,
        signers=names_of(db.session, signers),
        may_redraw=role in (DealRole.LICENSOR, DealRole.LICENSEE)
        and deal.stage is DealStage.CONFIDENTIALITY,
    )
