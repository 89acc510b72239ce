"""A manager's own entry: applied for, kept up, with credentials and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.files.forms import taken
from marketplace.files.services import list_attachments
from marketplace.managers import permissions, queries, services
from marketplace.managers.forms.register import (
    ApplicationForm,
    CredentialForm,
    EditForm,
    data_of,
)
from marketplace.managers.queries.mandates import list_of_manager
from marketplace.managers.queries.record import list_claims
from marketplace.managers.queries.register import list_credentials, own
from marketplace.managers.routes.blueprint import bp, languages_of, organizations, today
from marketplace.managers.services.register import CREDENTIAL_FILES
from marketplace.needs.forms.fields import named
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.files.store import Upload
    from marketplace.web.forms import SelectChoice

SCAN_MISSING = N_("Add a scan of the credential.")


def _own_organizations() -> list[SelectChoice]:
    actor = current_actor()
    verified = [one for one in actor.organization_ids if permissions.may_apply_for(actor, one)]
    return named(organizations(verified))


def _scan(form: ApplicationForm | CredentialForm) -> Upload:
    upload = taken(form.file)
    if upload is None:
        raise RuleBroken(SCAN_MISSING, field="file")
    return upload


@bp.route("/managers/apply", methods=["GET", "POST"])
@limiter.limit("10 per hour", methods=["POST"])
def apply() -> ResponseReturnValue:
    """Ask to be entered in the register, with a first credential."""
    if queries.find_own(db.session, current_actor()) is not None:
        return see_other(url_for(".mine"))
    choices = _own_organizations()
    if not choices:
        return render_template("managers/apply_first.html")
    form = ApplicationForm()
    form.offer(choices)
    if not form.accepted():
        return form_page("managers/apply.html", form)
    try:
        services.apply(
            db.session,
            actor=current_actor(),
            draft=form.to_draft(),
            credential=form.to_credential(),
            upload=_scan(form),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("managers/apply.html", form)
    flash(gettext("The application is sent. A reviewer compares the credential with its scan."))
    return see_other(url_for(".mine"))


@bp.get("/managers/me")
def mine() -> ResponseReturnValue:
    """Show one's own entry: state, credentials, mandates, claims."""
    actor = current_actor()
    profile = own(db.session, actor)
    credentials = list_credentials(db.session, profile.id)
    scans = {
        one.id: list_attachments(db.session, actor, object_kind=CREDENTIAL_FILES, object_id=one.id)
        for one in credentials
    }
    return render_template(
        "managers/mine.html",
        profile=profile,
        languages=languages_of(profile),
        credentials=credentials,
        scans=scans,
        mandates=list_of_manager(db.session, profile.id),
        claims=list_claims(db.session, profile.id),
        is_active=permissions.may_open_deals(profile, today()),
        may_edit=permissions.may_edit(actor, profile),
        today=today(),
    )


@bp.route("/managers/me/edit", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """Change what the entry says."""
    profile = own(db.session, current_actor())
    form = EditForm(data=data_of(profile))
    choices = _own_organizations()
    if str(profile.organization_id) not in {choice.value for choice in choices}:
        choices = [*named([profile.organization]), *choices]
    form.offer(choices)
    if not form.accepted():
        return form_page("managers/edit.html", form, profile=profile)
    try:
        services.edit_manager(
            db.session,
            actor=current_actor(),
            draft=form.to_draft(),
            version=form.version.data or 0,
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("managers/edit.html", form, profile=profile)
    flash(gettext("Saved."))
    return see_other(url_for(".mine"))


@bp.route("/managers/me/credentials/new", methods=["GET", "POST"])
def add_credential() -> ResponseReturnValue:
    """Add a credential with its scan."""
    profile = own(db.session, current_actor())
    form = CredentialForm()
    if not form.accepted():
        return form_page("managers/credential.html", form, profile=profile)
    try:
        services.add_credential(
            db.session,
            actor=current_actor(),
            draft=form.to_credential(),
            upload=_scan(form),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("managers/credential.html", form, profile=profile)
    flash(gettext("Added. It counts once a reviewer has compared it with its scan."))
    return see_other(url_for(".mine"))


@bp.post("/managers/me/credentials/<uuid:credential_id>/withdraw")
def withdraw_credential(credential_id: UUID) -> ResponseReturnValue:
    """Take back a credential that nobody has checked."""
    services.withdraw_credential(
        db.session, actor=current_actor(), credential_id=credential_id, now=now()
    )
    flash(gettext("The credential is withdrawn."))
    return see_other(url_for(".mine"))


@bp.post("/managers/me/apply-again")
def apply_again() -> ResponseReturnValue:
    """Put a mended entry before the reviewers."""
    services.apply_again(db.session, actor=current_actor(), now=now())
    flash(gettext("The application is sent again."))
    return see_other(url_for(".mine"))
