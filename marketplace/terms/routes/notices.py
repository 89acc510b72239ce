"""Public price notices: the list, the page of one, objections and their settlement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import NotFound
from marketplace.organizations.models import Organization
from marketplace.terms import permissions
from marketplace.terms.forms.decisions import ObjectionForm, ReasonForm, SettlementForm
from marketplace.terms.models import NoticeStatus, ObjectionStatus
from marketplace.terms.queries import university
from marketplace.terms.queries.diligence import names_of
from marketplace.terms.routes.blueprint import bp, today
from marketplace.terms.services import notices as services
from marketplace.web.access import current_actor, public
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.terms.models import PriceNotice
    from marketplace.web.forms import Form


@bp.get("/price-notices")
@public
def notice_list() -> ResponseReturnValue:
    """List what institutions publish before they sign."""
    asked = request.args.get("status", "")
    status = NoticeStatus(asked) if asked in {one.value for one in NoticeStatus} else None
    page = university.list_notices(db.session, status=status, number=page_number())
    objections = university.list_objections(db.session, [notice.id for notice in page.items])
    return render_template(
        "terms/notices.html",
        page=page,
        status=status,
        statuses=list(NoticeStatus),
        owners={
            notice.id: db.session.get_one(Organization, notice.organization_id)
            for notice in page.items
        },
        readings={
            notice.id: university.reading_of(notice, objections[notice.id], today=today())
            for notice in page.items
        },
    )


@bp.get("/price-notices/<uuid:notice_id>")
@public
def notice(notice_id: UUID) -> ResponseReturnValue:
    """Show one notice with its clock and the objections that the reader may read."""
    return _page(university.get_notice(db.session, notice_id))


def _page(found: PriceNotice, *, status: int = 200, **refused: Form) -> ResponseReturnValue:
    actor = current_actor()
    objections = university.list_objections(db.session, [found.id])[found.id]
    reading = university.reading_of(found, objections, today=today())
    forms: dict[str, Form] = {
        "objection_form": ObjectionForm(formdata=None),
        "settlement_form": SettlementForm(formdata=None),
        "reason_form": ReasonForm(formdata=None),
    }
    own_open = any(
        row.raised_by == actor.user_id and row.status is ObjectionStatus.RAISED
        for row in objections
    )
    page = render_template(
        "terms/notice.html",
        notice=found,
        owner=db.session.get_one(Organization, found.organization_id),
        reading=reading,
        objections=[(row, permissions.may_read_objection(actor, found, row)) for row in objections],
        people=names_of(db.session, {row.raised_by for row in objections}),
        can={
            "object": permissions.may_object(actor, found) and not reading.is_over and not own_open,
            "settle": {
                row.id
                for row in objections
                if row.status is ObjectionStatus.RAISED
                and permissions.may_settle(actor, found, row)
            },
            "take_back": found.status is NoticeStatus.RUNNING
            and permissions.may_set_tiers(actor, found.organization_id),
        },
        runs=found.status is NoticeStatus.RUNNING and not reading.is_over,
        **(forms | refused),
    )
    return page, status


@bp.post("/price-notices/<uuid:notice_id>/objections")
@limiter.limit("20/hour")
def object_to(notice_id: UUID) -> ResponseReturnValue:
    """Object to a notice with reasons."""
    form = ObjectionForm()
    if form.takes(
        lambda: services.raise_objection(
            db.session,
            actor=current_actor(),
            notice_id=notice_id,
            reasons=text(form.reasons),
            now=now(),
        )
    ):
        flash(
            gettext("Your objection is with the institution; the clock stands still."),
            "success",
        )
        return see_other(url_for(".notice", notice_id=notice_id))
    found = university.get_notice(db.session, notice_id)
    return _page(found, status=422, objection_form=form)


@bp.post("/price-notices/<uuid:notice_id>/objections/<uuid:objection_id>/settle")
def settle(notice_id: UUID, objection_id: UUID) -> ResponseReturnValue:
    """Settle an objection with reasons."""
    form = SettlementForm()
    if form.takes(
        lambda: services.settle_objection(
            db.session,
            actor=current_actor(),
            notice_id=notice_id,
            objection_id=objection_id,
            upheld=form.outcome.data == "upheld",
            settlement=text(form.settlement),
            now=now(),
        )
    ):
        flash(gettext("The objection is settled."), "success")
        return see_other(url_for(".notice", notice_id=notice_id))
    found = university.get_notice(db.session, notice_id)
    if not any(
        row.id == objection_id
        for row in university.list_objections(db.session, [notice_id])[notice_id]
    ):
        raise NotFound
    require(permissions.may_set_tiers(current_actor(), found.organization_id))
    return _page(found, status=422, settlement_form=form)


@bp.post("/price-notices/<uuid:notice_id>/take-back")
def take_back(notice_id: UUID) -> ResponseReturnValue:
    """End a notice before its time."""
    form = ReasonForm()
    if form.takes(
        lambda: services.take_back(
            db.session,
            actor=current_actor(),
            notice_id=notice_id,
            reason=text(form.reason),
            now=now(),
        )
    ):
        flash(gettext("The notice is taken back."), "success")
        return see_other(url_for(".notice", notice_id=notice_id))
    return _page(university.get_notice(db.session, notice_id), status=422, reason_form=form)
