"""Accounts and platform roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, request, url_for
from flask_babel import gettext

from marketplace.accounts import queries
from marketplace.accounts.services import roles, second_step, throttle
from marketplace.administration.forms import RoleForm, SuspendForm
from marketplace.administration.routes.blueprint import ADMINISTRATORS, bp
from marketplace.core.actor import PlatformRole
from marketplace.core.errors import RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import flash_refusal, form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.accounts.models import User


@bp.get("/users")
@ADMINISTRATORS
def users() -> ResponseReturnValue:
    """List people by name, address and platform role."""
    held = {role.value: role for role in PlatformRole}
    role = held.get(request.args.get("role", ""))
    words = request.args.get("q", "").strip()[:100]
    found = queries.search_users(db.session, words=words, role=role, number=page_number())
    return form_page(
        "administration/users.html",
        RoleForm(),
        found=found,
        words=words,
        roles=list(held.values()),
        role=role,
    )


def _page(user: User, role_form: RoleForm, suspend_form: SuspendForm) -> ResponseReturnValue:
    moment = now()
    return form_page(
        "administration/user.html",
        role_form if role_form.errors or role_form.general_errors else suspend_form,
        user=user,
        role_form=role_form,
        suspend_form=suspend_form,
        grants=queries.list_grants(db.session, user.id),
        memberships=queries.list_own_memberships(db.session, user.id, at=moment),
        sign_ins=len(queries.list_sign_ins(db.session, user.id)),
    )


@bp.get("/users/<uuid:user_id>")
@ADMINISTRATORS
def user(user_id: UUID) -> ResponseReturnValue:
    """Show a person's roles, organizations and state."""
    return _page(queries.get_user(db.session, user_id), RoleForm(), SuspendForm())


@bp.post("/users/<uuid:user_id>/roles")
@ADMINISTRATORS
def grant_role(user_id: UUID) -> ResponseReturnValue:
    """Give a platform role."""
    person = queries.get_user(db.session, user_id)
    form = RoleForm()
    if not form.accepted():
        return _page(person, form, SuspendForm(formdata=None))
    try:
        roles.grant_role(
            db.session,
            actor=current_actor(),
            user_id=user_id,
            role=PlatformRole(text(form.role)),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return _page(person, form, SuspendForm(formdata=None))
    flash(gettext("The role is given."))
    return see_other(url_for(".user", user_id=user_id))


@bp.post("/users/<uuid:user_id>/roles/<uuid:grant_id>/end")
@ADMINISTRATORS
def end_role(user_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Take a platform role back."""
    try:
        roles.end_role(
            db.session, actor=current_actor(), user_id=user_id, grant_id=grant_id, now=now()
        )
    except RuleBroken as error:
        flash_refusal(error)
    else:
        flash(gettext("The role has ended."))
    return see_other(url_for(".user", user_id=user_id))


@bp.post("/users/<uuid:user_id>/suspend")
@ADMINISTRATORS
def suspend_user(user_id: UUID) -> ResponseReturnValue:
    """Shut a person out."""
    person = queries.get_user(db.session, user_id)
    form = SuspendForm()
    if not form.accepted():
        return _page(person, RoleForm(formdata=None), form)
    try:
        roles.suspend_user(
            db.session,
            actor=current_actor(),
            user_id=user_id,
            reason=text(form.reason),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return _page(person, RoleForm(formdata=None), form)
    flash(gettext("The account is suspended and signed out everywhere."))
    return see_other(url_for(".user", user_id=user_id))


@bp.post("/users/<uuid:user_id>/restore")
@ADMINISTRATORS
def restore_user(user_id: UUID) -> ResponseReturnValue:
    """Let a suspended person in again."""
    roles.restore_user(db.session, actor=current_actor(), user_id=user_id, now=now())
    flash(gettext("The account is open again."))
    return see_other(url_for(".user", user_id=user_id))


@bp.post("/users/<uuid:user_id>/unlock")
@ADMINISTRATORS
def unlock_user(user_id: UUID) -> ResponseReturnValue:
    """Forget failed sign-ins, for somebody who is locked out by others' tries."""
    throttle.forget_failures(db.session, queries.get_user(db.session, user_id).email)
    flash(gettext("The address may be tried again."))
    return see_other(url_for(".user", user_id=user_id))


@bp.post("/users/<uuid:user_id>/second-step/off")
@ADMINISTRATORS
def end_second_step(user_id: UUID) -> ResponseReturnValue:
    """Switch off the second step of somebody who has lost phone and codes; recorded."""
    person = queries.get_user(db.session, user_id, lock=True)
    second_step.switch_off(db.session, user=person, actor=current_actor(), now=now())
    flash(gettext("The second step is off."))
    return see_other(url_for(".user", user_id=user_id))
