"""Registration (认定登记) and recording of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.codes import rules as figures
from marketplace.contracts import permissions, queries, rules
from marketplace.contracts.forms import (
    FileForm,
    PrepareForm,
    RecordForm,
    RegisterForm,
    ReturnForm,
    day_of,
)
from marketplace.contracts.routes.blueprint import (
    bp,
    shared,
    signed_contract,
    the_deal,
    today,
)
from marketplace.contracts.services import registration as services
from marketplace.contracts.services import subsidy
from marketplace.contracts.settings import REGISTRATION_DAYS, REGISTRATION_OFFICE
from marketplace.core.actor import require
from marketplace.papers import typesetting
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.downloads import download
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.web.forms import Form


@bp.get("/registration")
def registration(deal_id: UUID) -> ResponseReturnValue:
    """Show where and by when the contract is registered, its checklist and its state."""
    return _page(deal_id, {}, status=200)


def _page(deal_id: UUID, forms: dict[str, Form], *, status: int) -> ResponseReturnValue:
    deal = the_deal(deal_id)
    contract = signed_contract(deal)
    entry = queries.find_registration(db.session, contract)
    points = services.points_of(db.session, deal, contract)
    shown: dict[str, Any] = {
        "prepare": PrepareForm(formdata=None),
        "file": FileForm(formdata=None, data={"filed_on": today()}),
        "return": ReturnForm(formdata=None),
        "register": RegisterForm(formdata=None, data={"registered_on": today()}),
        "record": RecordForm(formdata=None, data={"recorded_on": today()}),
        **forms,
    }
    prepare: PrepareForm = shown["prepare"]
    prepare.offer(points)
    if "prepare" not in forms:
        minor = contract.amount_minor
        if entry and entry.technology_minor is not None:
            minor = entry.technology_minor
        prepare.office.data = (
            entry.office if entry else str(figures.value(db.session, REGISTRATION_OFFICE))
        )
        prepare.technology.process_data(minor)
        prepare.checked.data = list(entry.checked) if entry else []
    page = render_template(
        "contracts/registration.html",
        **shared(deal, contract),
        registration=entry,
        points=points,
        forms=shown,
        possible=rules.REGISTRATION.possible(entry.status) if entry else frozenset({"prepare"}),
        days=figures.get_rule(db.session, REGISTRATION_DAYS),
        office_rule=figures.get_rule(db.session, REGISTRATION_OFFICE),
    )
    return page, status


def _taken(
    deal_id: UUID, name: str, form: Form, step: Callable[[], object], done: str
) -> ResponseReturnValue:
    """Take a step; a refused one comes back with what was typed."""
    require_registrar(deal_id)
    if form.takes(step):
        flash(done, "success")
        return see_other(url_for(".registration", deal_id=deal_id))
    return _page(deal_id, {name: form}, status=422)


def require_registrar(deal_id: UUID) -> None:
    """Answer 404 to strangers and 403 to who only reads, before any form is judged."""
    deal = the_deal(deal_id)
    signed_contract(deal)
    require(permissions.may_register(current_actor(), deal))


@bp.post("/registration/prepare")
@limiter.limit("120/hour")
def prepare(deal_id: UUID) -> ResponseReturnValue:
    """Keep the sheet's additions and the ticked points."""
    form = PrepareForm()
    deal = the_deal(deal_id)
    form.offer(services.points_of(db.session, deal, signed_contract(deal)))
    return _taken(
        deal_id,
        "prepare",
        form,
        lambda: services.prepare(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            office=text(form.office),
            technology_minor=form.technology_minor,
            checked=form.checked.data or [],
            now=now(),
        ),
        gettext("The sheet is kept."),
    )


@bp.post("/registration/file")
@limiter.limit("120/hour")
def file(deal_id: UUID) -> ResponseReturnValue:
    """Note that the file was handed in."""
    form = FileForm()
    return _taken(
        deal_id,
        "file",
        form,
        lambda: services.file(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            filed_on=day_of(form.filed_on),
            now=now(),
        ),
        gettext("Noted: the file is at the office."),
    )


@bp.post("/registration/return")
@limiter.limit("120/hour")
def give_back(deal_id: UUID) -> ResponseReturnValue:
    """Note that the office returned the file."""
    form = ReturnForm()
    return _taken(
        deal_id,
        "return",
        form,
        lambda: services.give_back(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            reason=text(form.reason),
            now=now(),
        ),
        gettext("Noted: the office returned the file."),
    )


@bp.post("/registration/register")
@limiter.limit("120/hour")
def register(deal_id: UUID) -> ResponseReturnValue:
    """Note the registration number."""
    form = RegisterForm()
    return _taken(
        deal_id,
        "register",
        form,
        lambda: services.register(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            number=text(form.number),
            registered_on=day_of(form.registered_on),
            now=now(),
        ),
        gettext("The contract is registered."),
    )


@bp.post("/recording")
@limiter.limit("120/hour")
def record(deal_id: UUID) -> ResponseReturnValue:
    """Note that the patent office recorded the license."""
    form = RecordForm()
    return _taken(
        deal_id,
        "record",
        form,
        lambda: services.record_license(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            number=text(form.recording_number),
            recorded_on=day_of(form.recorded_on),
            now=now(),
        ),
        gettext("The recording is noted."),
    )


@bp.get("/registration/sheet.pdf")
@limiter.limit("120/hour")
def sheet(deal_id: UUID) -> ResponseReturnValue:
    """Send the registration sheet, filled in from the signed contract."""
    deal = the_deal(deal_id)
    content = subsidy.sheet(db.session, deal, signed_contract(deal))
    language = current_language()
    title = content.title_en if language == "en" else content.title
    made = typesetting.document(title, content.blocks, language=language)
    return download(made, "application/pdf", f"{title}.pdf")
