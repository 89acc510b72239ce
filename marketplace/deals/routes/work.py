"""Messages, visits, tasks, contacts: each a form on the deal's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.deals import permissions
from marketplace.deals.forms.work import ContactForm, MessageForm, TaskForm, VisitForm
from marketplace.deals.routes.blueprint import bp, found, sides
from marketplace.deals.routes.show import page
from marketplace.deals.services import contacts, work
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal


def _acted(deal_id: UUID) -> Deal:
    """Give a deal in which this person may do things; 404, then 403."""
    deal = found(deal_id)
    require(permissions.may_act(current_actor(), deal))
    return deal


@bp.post("/<uuid:deal_id>/messages")
@limiter.limit("120/hour")
def write(deal_id: UUID) -> ResponseReturnValue:
    """Write to the others."""
    deal, form = _acted(deal_id), MessageForm()
    if form.takes(
        lambda: work.write_message(
            db.session, actor=current_actor(), deal_id=deal_id, body=text(form.body), now=now()
        )
    ):
        return see_other(url_for(".show", deal_id=deal_id, _anchor="messages"))
    return page(deal, {"message": form}, status=422)


@bp.post("/<uuid:deal_id>/visits")
def visit(deal_id: UUID) -> ResponseReturnValue:
    """Note a visit."""
    deal, form = _acted(deal_id), VisitForm()
    if form.takes(
        lambda: work.note_visit(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            draft=form.to_draft(),
            now=now(),
        )
    ):
        flash(gettext("The visit is noted."), "success")
        return see_other(url_for(".show", deal_id=deal_id, _anchor="visits"))
    return page(deal, {"visit": form}, status=422)


@bp.post("/<uuid:deal_id>/tasks")
def task(deal_id: UUID) -> ResponseReturnValue:
    """Give a task."""
    deal = _acted(deal_id)
    form = TaskForm(sides(deal))
    if form.takes(
        lambda: work.give_task(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            draft=form.to_draft(),
            now=now(),
        )
    ):
        flash(gettext("The task is given, and its side is told."), "success")
        return see_other(url_for(".show", deal_id=deal_id, _anchor="tasks"))
    return page(deal, {"task": form}, status=422)


@bp.post("/<uuid:deal_id>/tasks/<uuid:task_id>/done")
def task_done(deal_id: UUID, task_id: UUID) -> ResponseReturnValue:
    """Mark a task as done."""
    work.finish_task(db.session, actor=current_actor(), deal_id=deal_id, task_id=task_id, now=now())
    return see_other(url_for(".show", deal_id=deal_id, _anchor="tasks"))


@bp.post("/<uuid:deal_id>/contact")
def contact(deal_id: UUID) -> ResponseReturnValue:
    """Agree to show one's contact."""
    deal, form = _acted(deal_id), ContactForm()
    if form.takes(
        lambda: contacts.agree_to_contact(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            name=text(form.name),
            email=text(form.email),
            phone=text(form.phone),
            now=now(),
        )
    ):
        flash(gettext("Kept. The other side sees it once it has agreed too."), "success")
        return see_other(url_for(".show", deal_id=deal_id, _anchor="contacts"))
    return page(deal, {"contact": form}, status=422)


@bp.post("/<uuid:deal_id>/contact/withdraw")
def withdraw_contact(deal_id: UUID) -> ResponseReturnValue:
    """Take the consent back."""
    contacts.withdraw_contact(db.session, actor=current_actor(), deal_id=deal_id, now=now())
    flash(gettext("Taken back. Contacts are hidden on both sides now."), "success")
    return see_other(url_for(".show", deal_id=deal_id, _anchor="contacts"))


@bp.post("/<uuid:deal_id>/name")
def show_name(deal_id: UUID) -> ResponseReturnValue:
    """Show the company's name to the other side."""
    contacts.agree_to_be_named(db.session, actor=current_actor(), deal_id=deal_id, now=now())
    flash(gettext("Your company's name is shown to the other side now."), "success")
    return see_other(url_for(".show", deal_id=deal_id))
