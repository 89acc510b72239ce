"""The reviewers' side of the register: what waits, decisions, the whole list as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import PlatformRole
from marketplace.core.errors import RuleBroken
from marketplace.files.services import list_attachments
from marketplace.managers import permissions, queries, rules, services, sheet
from marketplace.managers.forms.register import DecisionForm, ReasonForm
from marketplace.managers.models import ManagerStatus
from marketplace.managers.queries.register import list_credentials, list_waiting, whole_register
from marketplace.managers.routes.blueprint import languages_of, today
from marketplace.managers.services.register import CREDENTIAL_FILES
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.managers.models import ManagerProfile
    from marketplace.web.forms import Form

bp = Blueprint("licensing", __name__, url_prefix="/platform/managers")

REVIEWERS = for_roles(PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR)
READERS = for_roles(PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR, PlatformRole.CITY_OFFICER)


@bp.get("/waiting")
@REVIEWERS
def index() -> ResponseReturnValue:
    """List the entries that wait, the oldest first."""
    return render_template(
        "licensing/index.html", found=list_waiting(db.session, number=page_number())
    )


@bp.get("/register")
@READERS
def register() -> ResponseReturnValue:
    """Show the whole register with its counts."""
    states = {state.value: state for state in ManagerStatus}
    chosen = states.get(request.args.get("status", ""))
    return render_template(
        "licensing/register.html",
        counts=queries.counts(db.session, today()),
        found=queries.list_register(db.session, status=chosen, number=page_number()),
        states=list(states.values()),
        chosen=chosen,
        reviews=permissions.oversees(current_actor()),
    )


@bp.get("/register.csv")
@READERS
def export() -> ResponseReturnValue:
    """Give the whole register as a table."""
    pieces = sheet.rows_of(
        whole_register(db.session), language=current_language(), translate=gettext
    )
    return Response(
        "".join(pieces),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="hanqiao-managers-{today()}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def _page(profile: ManagerProfile, form: Form) -> ResponseReturnValue:
    actor = current_actor()
    credentials = list_credentials(db.session, profile.id)
    waits = profile.status is ManagerStatus.APPLIED or (
        profile.is_listed
        and (profile.wanted_level is not None or any(one.is_waiting for one in credentials))
    )
    return form_page(
        "licensing/show.html",
        form,
        profile=profile,
        languages=languages_of(profile),
        credentials=[
            (
                one,
                rules.runs(one, today()),
                list_attachments(db.session, actor, object_kind=CREDENTIAL_FILES, object_id=one.id),
            )
            for one in credentials
        ],
        waits=waits,
        can={
            "review": permissions.may_review(actor, profile),
            "suspend": permissions.may_suspend(actor, profile),
        },
    )


@bp.get("/<uuid:manager_id>")
@REVIEWERS
def show(manager_id: UUID) -> ResponseReturnValue:
    """Show an entry with its credentials, and the steps that are possible."""
    profile = queries.get_manager(db.session, manager_id, actor=current_actor())
    return _page(profile, DecisionForm(version=profile.version))


@bp.post("/<uuid:manager_id>/license")
@REVIEWERS
def license_manager(manager_id: UUID) -> ResponseReturnValue:
    """Say that the credentials fit."""
    services.license_manager(
        db.session,
        actor=current_actor(),
        manager_id=manager_id,
        version=whole_number(request.form.get("version")),
        now=now(),
    )
    flash(gettext("The manager is licensed and gets a notice."))
    return see_other(url_for(".index"))


@bp.post("/<uuid:manager_id>/refuse")
@REVIEWERS
def refuse(manager_id: UUID) -> ResponseReturnValue:
    """Refuse an entry, or what is new of it, with a reason."""
    profile = queries.get_manager(db.session, manager_id, actor=current_actor())
    form = DecisionForm()
    if not form.accepted():
        return _page(profile, form)
    services.refuse_manager(
        db.session,
        actor=current_actor(),
        manager_id=manager_id,
        version=form.version.data or 0,
        reason=text(form.reason),
        now=now(),
    )
    flash(gettext("It is turned down; the manager gets a notice with the reason."))
    return see_other(url_for(".index"))


@bp.post("/<uuid:manager_id>/suspend")
@REVIEWERS
def suspend(manager_id: UUID) -> ResponseReturnValue:
    """Hide a manager with a reason."""
    profile = queries.get_manager(db.session, manager_id, actor=current_actor())
    form = ReasonForm()
    if not form.accepted():
        return _page(profile, form)
    try:
        services.suspend_manager(
            db.session,
            actor=current_actor(),
            manager_id=manager_id,
            reason=text(form.reason),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return _page(profile, form)
    flash(gettext("The manager is suspended."))
    return see_other(url_for(".show", manager_id=manager_id))


@bp.post("/<uuid:manager_id>/restore")
@REVIEWERS
def restore(manager_id: UUID) -> ResponseReturnValue:
    """Show a suspended manager again."""
    services.restore_manager(db.session, actor=current_actor(), manager_id=manager_id, now=now())
    flash(gettext("The manager is restored."))
    return see_other(url_for(".show", manager_id=manager_id))
