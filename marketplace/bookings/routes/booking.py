"""Booking: a time is kept, the form is sent, and what may follow until the day."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from marketplace.bookings import permissions, pricing, times
from marketplace.bookings.forms.booking import DetailsForm, HoldForm, named, with_questions
from marketplace.bookings.models import Approval, BookingState, PriceUnit, ResourceMode, Slot
from marketplace.bookings.queries import bookings as find
from marketplace.bookings.queries import resources as find_resources
from marketplace.bookings.routes.blueprint import bp, organizations, uuid_of
from marketplace.bookings.rules import PriceChanged, SlotTaken
from marketplace.bookings.services import holding, submitting
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.files.forms import taken
from marketplace.files.kinds import FileRefused
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.listings.models import Listing, ListingStatus
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.bookings.models import Booking, Resource
    from marketplace.bookings.queries.offers import Offer


def _listings(ids: Collection[UUID]) -> Sequence[tuple[UUID, str]]:
    """Give the published results of the organizations with their titles, newest first."""
    return [
        (identity, title)
        for identity, title in db.session.execute(
            select(Listing.id, Listing.title)
            .where(Listing.organization_id.in_(ids), Listing.status == ListingStatus.PUBLISHED)
            .order_by(Listing.published_at.desc())
            .limit(100)
        )
    ]


def _slot_of(resource: Resource) -> Slot | None:
    if resource.mode is not ResourceMode.SLOTS:
        return None
    slot_id = uuid_of(request.args.get("slot"))
    slot = db.session.get(Slot, slot_id) if slot_id else None
    if slot is None or slot.resource_id != resource.id:
        raise NotFound
    return slot


@bp.route("/resources/<uuid:resource_id>/book", methods=["GET", "POST"])
def book(resource_id: UUID) -> ResponseReturnValue:
    """Show a time with its price and rules, and keep it for a quarter of an hour."""
    form = HoldForm()
    refused: RuleBroken | None = None
    if form.is_submitted():
        try:
            booking = _hold(resource_id, form)
        except SlotTaken as lost:
            if lost.full is not None:
                return _full_page(form, lost.full, lost)
            refused = lost
        except Denied:
            raise
        except RuleBroken as broken:
            refused = broken
        else:
            if booking is not None:
                return see_other(url_for(".details", booking_id=booking.id))
    return _book_page(resource_id, form, refused)


def _hold(resource_id: UUID, form: HoldForm) -> Booking | None:
    """Keep what the form asks for, reading nothing that only its page shows; None if it is wrong.

    People come to the last place in crowds, and most of them get no page with a form.
    """
    actor = current_actor()
    listings = _listings(actor.verified) if request.form.get("listing_id") else ()
    form.choices([(str(one), "") for one in actor.verified], listings)
    if not form.accepted():
        return None
    return holding.hold(
        db.session,
        actor=actor,
        wish=form.to_wish(resource_id, uuid_of(request.args.get("slot"))),
        key=str(form.key.data or ""),
        now=now(),
    )


def _full_page(form: HoldForm, offer: Offer, lost: SlotTaken) -> ResponseReturnValue:
    """Say that the slot is full, name the nearest others and offer the wait list."""
    form.reject(lost)
    page = render_template(
        "bookings/full.html", form=form, offer=offer, alternatives=lost.alternatives
    )
    return page, 409


def _prefill(form: HoldForm, slot: Slot | None) -> None:
    """Fill a fresh form with what the address says."""
    form.key.data = secrets.token_hex(16)
    form.listing_id.data = str(uuid_of(request.args.get("listing")) or "")
    starts_at = times.parse_local(request.args.get("starts", ""))
    if slot is None and starts_at is not None:
        form.starts.data = starts_at.astimezone(times.BEIJING)
        ends_at = times.parse_local(request.args.get("ends", ""))
        if ends_at is not None:
            form.ends.data = ends_at.astimezone(times.BEIJING)


def _book_page(
    resource_id: UUID, form: HoldForm, refused: RuleBroken | None
) -> ResponseReturnValue:
    actor = current_actor()
    resource = find_resources.get_resource(db.session, resource_id, actor=actor)
    slot = _slot_of(resource)
    own = permissions.booking_organizations(actor, resource)
    if not own:
        if form.is_submitted():
            raise Denied
        return render_template("bookings/book_first.html", resource=resource)
    form.choices(named(organizations(own)), _listings(own))
    if refused is not None:
        form.reject(refused)
    if not form.is_submitted():
        _prefill(form, slot)
    lost = refused if isinstance(refused, SlotTaken) else None
    status = 409 if lost else 422 if form.is_submitted() else 200
    page = render_template(
        "bookings/book.html",
        form=form,
        resource=resource,
        slot=slot,
        free=slot.free
        + find_resources.loose_places(db.session, [slot.id], now=now()).get(slot.id, 0)
        if slot
        else None,
        by_sample=resource.price_unit is PriceUnit.SAMPLE
        and (slot is None or slot.price_minor is None),
        by_approval=resource.approval is Approval.BY_APPROVAL,
        alternatives=lost.alternatives if lost else (),
        lost=lost is not None,
    )
    return page, status


@bp.route("/bookings/<uuid:booking_id>/details", methods=["GET", "POST"])
def details(booking_id: UUID) -> ResponseReturnValue:
    """Ask what the operator must know, show the price, and send the booking."""
    actor, moment = current_actor(), now()
    booking = find.get_booking(db.session, booking_id, actor=actor)
    if not permissions.may_use(actor, booking):
        raise NotFound
    resource = find_resources.get_resource(db.session, booking.resource_id, actor=actor)
    form: DetailsForm = with_questions(DetailsForm, resource, current_language())()
    if not form.is_submitted():
        if booking.state is not BookingState.HELD:
            return see_other(url_for(".show", booking_id=booking_id))
        form.samples.data = booking.samples
    price = _price(form, booking, resource)
    if not form.is_submitted():
        form.expected.data = str(price.total_minor) if price else ""
    if form.accepted():
        try:
            upload = taken(form.file)
            sent = submitting.submit(
                db.session,
                actor=actor,
                booking_id=booking_id,
                details=form.to_details(resource),
                now=moment,
            )
            if upload is not None:
                attach(
                    db.session,
                    actor,
                    object_kind="booking",
                    object_id=booking_id,
                    organization_id=booking.organization_id,
                    upload=upload,
                    visibility=Visibility.SIGNED_IN,
                    now=moment,
                )
        except PriceChanged as changed:
            form.reject(changed)
            form.expected.data = str(changed.total_minor)
            form.expected.raw_data = [str(changed.total_minor)]
            price = _price(form, booking, resource)
        except (FileRefused, RuleBroken) as broken:
            form.reject(broken)
        else:
            return _sent(sent)
    return form_page(
        "bookings/details.html",
        form,
        booking=booking,
        resource=resource,
        questions=form.question_fields(resource),
        price=price,
        by_sample=resource.price_unit is PriceUnit.SAMPLE,
        by_approval=resource.approval is Approval.BY_APPROVAL,
        has_voucher_rate=any(row.rate.value == "voucher" for row in resource.prices),
        ran_out=booking.deadline_at is None or booking.deadline_at <= moment,
    )


def _price(form: DetailsForm, booking: Booking, resource: Resource) -> pricing.Quote | None:
    """Price what the form says so far; None while the number of samples is missing."""
    try:
        return submitting.quote_for(
            db.session,
            booking,
            resource,
            voucher=str(form.voucher_number.data or "").strip(),
            samples=form.samples.data,
        )
    except RuleBroken:
        return None


def _sent(booking: Booking) -> ResponseReturnValue:
    state = booking.state
    if state is BookingState.PENDING_APPROVAL:
        flash(gettext("Your request is sent to the operator."), "success")
    elif state is BookingState.CONFIRMED:
        flash(gettext("Your booking is confirmed."), "success")
    return see_other(url_for(".show", booking_id=booking.id))
