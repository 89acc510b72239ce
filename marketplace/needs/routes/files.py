"""The files of a need: hanging them on, taking them off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.files.forms import taken
from marketplace.files.models import Visibility
from marketplace.needs.forms.decisions import FileForm
from marketplace.needs.queries.needs import get_own_need, list_files
from marketplace.needs.routes.blueprint import bp
from marketplace.needs.services import attachments
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.files.store import Upload


@bp.get("/needs/<uuid:need_id>/files")
def files(need_id: UUID) -> ResponseReturnValue:
    """Show the files of one's own need."""
    return _page(need_id, FileForm(formdata=None))


def _page(need_id: UUID, form: FileForm) -> ResponseReturnValue:
    need = get_own_need(db.session, need_id, actor=current_actor())
    if form.is_submitted():
        return form_page("needs/files.html", form, need=need, files=list_files(db.session, need.id))
    return render_template(
        "needs/files.html", form=form, need=need, files=list_files(db.session, need.id)
    )


def _sent(form: FileForm) -> Upload:
    upload = taken(form.file)
    if upload is None:
        raise RuleBroken(N_("Choose a file."), field="file")
    return upload


@bp.post("/needs/<uuid:need_id>/files")
@limiter.limit("120/hour")
def attach(need_id: UUID) -> ResponseReturnValue:
    """Hang a file on the need."""
    get_own_need(db.session, need_id, actor=current_actor())
    form = FileForm()
    if form.accepted():
        try:
            attachments.attach_to_need(
                db.session,
                actor=current_actor(),
                need_id=need_id,
                upload=_sent(form),
                visibility=Visibility(form.visibility.data),
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The file hangs on the need."), "success")
            return see_other(url_for(".files", need_id=need_id))
    return _page(need_id, form)


@bp.post("/needs/<uuid:need_id>/files/<uuid:attachment_id>/remove")
def detach(need_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Take a file off the need."""
    attachments.detach_from_need(
        db.session,
        actor=current_actor(),
        need_id=need_id,
        attachment_id=attachment_id,
        now=now(),
    )
    flash(gettext("The file is taken off."), "success")
    return see_other(url_for(".files", need_id=need_id))
