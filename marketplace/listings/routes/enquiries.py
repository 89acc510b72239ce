"""Contact through the platform: writing to an owner, the inbox, replying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts.queries import load_people
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.listings import permissions, queries
from marketplace.listings.forms.decisions import DeclineForm, EnquiryForm, ReplyForm
from marketplace.listings.models import DeclineReason
from marketplace.listings.routes.blueprint import bp
from marketplace.listings.services import enquiries as services
from marketplace.organizations.models import Organization
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.listings.models import Enquiry


@bp.route("/technologies/<uuid:listing_id>/enquire", methods=["GET", "POST"])
@limiter.limit("20/hour", methods=["POST"])
def enquire(listing_id: UUID) -> ResponseReturnValue:
    """Write to the owner in the name of one's organization."""
    actor = current_actor()
    listing = queries.get_listing(db.session, listing_id, actor=actor)
    if not actor.memberships:
        return render_template("listings/enquire_first.html", listing=listing)
    require(permissions.may_enquire(actor, listing, listing.organization))
    form = EnquiryForm()
    own = db.session.scalars(
        select(Organization)
        .where(Organization.id.in_(actor.organization_ids))
        .order_by(Organization.name)
    ).all()
    form.organization.choices = [(str(one.id), one.name) for one in own]
    if form.accepted():
        chosen = next(one.id for one in own if str(one.id) == form.organization.data)
        try:
            enquiry = services.send_enquiry(
                db.session,
                actor=actor,
                listing_id=listing_id,
                organization_id=chosen,
                message=text(form.message),
                shares_contact=bool(form.shares_contact.data),
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("Sent. You will be told when the owner replies."), "success")
            return see_other(url_for(".enquiry", enquiry_id=enquiry.id))
    return form_page(
        "listings/enquire.html",
        form,
        listing=listing,
        sent=queries.list_enquiries_of(db.session, listing_id, actor=actor),
        days=services.REPLY_DAYS,
    )


@bp.get("/enquiries")
def enquiries() -> ResponseReturnValue:
    """Show what was asked of us, or what we asked."""
    box = "sent" if request.args.get("box") == "sent" else "received"
    page = queries.list_enquiries(
        db.session,
        actor=current_actor(),
        box=box,
        number=page_number(),
    )
    today = local(now()).date()
    return render_template("listings/enquiries.html", page=page, box=box, today=today)


@bp.get("/enquiries/<uuid:enquiry_id>")
def enquiry(enquiry_id: UUID) -> ResponseReturnValue:
    """Show one enquiry with its reply, or the forms to reply."""
    return _page(_found(enquiry_id), ReplyForm(formdata=None), DeclineForm(formdata=None))


@bp.post("/enquiries/<uuid:enquiry_id>/answer")
def answer(enquiry_id: UUID) -> ResponseReturnValue:
    """Reply to it."""
    form = ReplyForm()
    if form.takes(
        lambda: services.answer_enquiry(
            db.session,
            actor=current_actor(),
            enquiry_id=enquiry_id,
            reply=text(form.reply),
            shares_contact=bool(form.shares_contact.data),
            now=now(),
        )
    ):
        flash(gettext("Your reply is sent."), "success")
        return see_other(url_for(".enquiry", enquiry_id=enquiry_id))
    return _page(_found(enquiry_id), form, DeclineForm(formdata=None), status=422)


@bp.post("/enquiries/<uuid:enquiry_id>/decline")
def decline(enquiry_id: UUID) -> ResponseReturnValue:
    """Decline it with a reason."""
    form = DeclineForm()
    if form.takes(
        lambda: services.decline_enquiry(
            db.session,
            actor=current_actor(),
            enquiry_id=enquiry_id,
            reason=DeclineReason(form.decline_reason.data),
            text=text(form.decline_text),
            now=now(),
        )
    ):
        flash(gettext("Declined; the sender is told your reason."), "success")
        return see_other(url_for(".enquiry", enquiry_id=enquiry_id))
    return _page(_found(enquiry_id), ReplyForm(formdata=None), form, status=422)


def _found(enquiry_id: UUID) -> Enquiry:
    actor = current_actor()
    if not actor.memberships:
        raise NotFound
    return queries.get_enquiry(db.session, enquiry_id, actor=actor)


def _page(
    enquiry: Enquiry, reply: ReplyForm, refusal: DeclineForm, *, status: int = 200
) -> ResponseReturnValue:
    people = load_people(db.session, [enquiry.sender_id, enquiry.replied_by])
    page = render_template(
        "listings/enquiry.html",
        enquiry=enquiry,
        reply_form=reply,
        decline_form=refusal,
        may_answer=permissions.may_answer(current_actor(), enquiry),
        is_sender=current_actor().is_member(enquiry.sender_organization_id),
        contact_shown=services.contact_is_shown(enquiry),
        sender=people.get(enquiry.sender_id),
        replier=people.get(enquiry.replied_by) if enquiry.replied_by else None,
        today=local(now()).date(),
    )
    return page, status
