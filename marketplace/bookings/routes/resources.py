"""The operator's resources, their slots, qualifications and member rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from marketplace.bookings import times
from marketplace.bookings.forms.booking import QualificationForm, named
from marketplace.bookings.forms.operating import (
    CapacityForm,
    DecideForm,
    MemberForm,
    PublishForm,
    ReasonForm,
    ResourceForm,
    fen,
)
from marketplace.bookings.models import QualificationState, ResourceStatus
from marketplace.bookings.permissions import booking_organizations
from marketplace.bookings.queries import bookings as find
from marketplace.bookings.queries import resources as find_resources
from marketplace.bookings.routes.blueprint import bp, organizations
from marketplace.bookings.services import people, slots
from marketplace.bookings.services import resources as services
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.facilities.models import Instrument
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import number, text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.get("/facilities/<uuid:facility_id>/resources")
def resources(facility_id: UUID) -> ResponseReturnValue:
    """List a facility's bookable resources for its operator."""
    actor = current_actor()
    facility = find_resources.get_own_facility(db.session, facility_id, actor=actor)
    return render_template(
        "bookings/resources.html",
        facility=facility,
        resources=find_resources.list_resources(db.session, facility_id, actor=actor, retired=True),
        rates=find.list_member_rates(db.session, facility_id),
        form=MemberForm(),
    )


def _instruments(facility_id: UUID) -> Sequence[Instrument]:
    return db.session.scalars(
        select(Instrument)
        .where(Instrument.facility_id == facility_id, Instrument.retired_at.is_(None))
        .order_by(Instrument.position, Instrument.name)
    ).all()


@bp.route("/facilities/<uuid:facility_id>/resources/new", methods=["GET", "POST"])
def create(facility_id: UUID) -> ResponseReturnValue:
    """Add a bookable resource."""
    actor = current_actor()
    facility = find_resources.get_own_facility(db.session, facility_id, actor=actor)
    form = ResourceForm()
    form.instruments(_instruments(facility_id))
    if not form.is_submitted():
        form.blank()
    if form.accepted():
        try:
            made = services.make(
                db.session,
                actor=actor,
                facility_id=facility_id,
                values=form.to_input(),
                now=now(),
            )
        except RuleBroken as broken:
            form.reject(broken)
        else:
            flash(gettext("The resource is made."), "success")
            return see_other(url_for(".resource", resource_id=made.id))
    return form_page("bookings/edit.html", form, facility=facility, resource=None)


@bp.route("/resources/<uuid:resource_id>/edit", methods=["GET", "POST"])
def edit(resource_id: UUID) -> ResponseReturnValue:
    """Change a resource; bookings keep what they were made with."""
    actor = current_actor()
    resource = find_resources.get_own_resource(db.session, resource_id, actor=actor)
    form = ResourceForm()
    form.instruments(_instruments(resource.facility_id))
    if not form.is_submitted():
        form.fill(resource)
    if form.takes(
        lambda: services.change(
            db.session,
            actor=actor,
            resource_id=resource_id,
            values=form.to_input(),
            now=now(),
        )
    ):
        flash(gettext("The resource is changed."), "success")
        return see_other(url_for(".resource", resource_id=resource_id))
    return form_page("bookings/edit.html", form, facility=resource.facility, resource=resource)


@bp.post("/resources/<uuid:resource_id>/status")
def set_status(resource_id: UUID) -> ResponseReturnValue:
    """Pause, open or give up a resource."""
    wanted = request.form.get("status", "")
    if wanted not in {member.value for member in ResourceStatus}:
        raise NotFound
    resource = services.set_status(
        db.session,
        actor=current_actor(),
        resource_id=resource_id,
        status=ResourceStatus(wanted),
        now=now(),
    )
    flash(gettext("The resource is changed."), "success")
    return see_other(url_for(".resources", facility_id=resource.facility_id))


@bp.route("/resources/<uuid:resource_id>/slots", methods=["GET", "POST"])
def publish(resource_id: UUID) -> ResponseReturnValue:
    """Publish slots by a weekly rule, and show those ahead with who waits for them."""
    actor, moment = current_actor(), now()
    resource = find_resources.get_own_resource(db.session, resource_id, actor=actor)
    form = PublishForm()
    found: list[slots.Published] = []
    if form.accepted():
        try:
            found = slots.publish(
                db.session,
                actor=actor,
                resource_id=resource_id,
                rule=form.to_rule(),
                capacity=number(form.capacity),
                price_minor=_price(form),
                now=moment,
            )
        except RuleBroken as broken:
            form.reject(broken)
    ahead = find_resources.slots_between(
        db.session, [resource_id], since=moment, until=moment + 120 * times.DAY
    )
    page = render_template(
        "bookings/slots.html",
        form=form,
        resource=resource,
        found=found,
        ahead=[slot for slot in ahead if slot.closed_at is None],
        waits=find.waits_of(db.session, [resource_id], now=moment),
    )
    return page, 422 if form.is_submitted() and not found else 200


def _price(form: PublishForm) -> int | None:
    price = fen(form.price.data)
    if price is not None and not 0 <= price <= services.MOST_MINOR:
        raise RuleBroken(N_("A price lies between 0 and 1 billion yuan."), field="price")
    return price


@bp.route("/slots/<uuid:slot_id>", methods=["GET", "POST"])
def slot(slot_id: UUID) -> ResponseReturnValue:
    """Change a slot's places, for its operator."""
    actor, moment = current_actor(), now()
    found, resource = slots.get_own_slot(db.session, slot_id, actor=actor)
    form = CapacityForm()
    if not form.is_submitted():
        form.capacity.data = found.capacity
    if form.takes(
        lambda: slots.change_capacity(
            db.session,
            actor=actor,
            slot_id=slot_id,
            capacity=number(form.capacity),
            now=moment,
        )
    ):
        flash(gettext("The slot is changed."), "success")
        return see_other(url_for(".slot", slot_id=slot_id))
    return _slot_page(found.id, form, None, resource=resource)


def _slot_page(
    slot_id: UUID, form: CapacityForm, reason: ReasonForm | None, **values: object
) -> ResponseReturnValue:
    found, _resource = slots.get_own_slot(db.session, slot_id, actor=current_actor())
    page = render_template(
        "bookings/slot.html",
        form=form,
        slot=found,
        reason=reason or ReasonForm(formdata=None),
        bookings=[
            find.get_booking(db.session, one.id, actor=current_actor())
            for one in slots.bookings_of(db.session, slot_id)
        ],
        **values,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/slots/<uuid:slot_id>/close")
def close_slot(slot_id: UUID) -> ResponseReturnValue:
    """Take a slot off the calendar; its bookings are called off with the reason."""
    form = ReasonForm()
    found, resource = slots.get_own_slot(db.session, slot_id, actor=current_actor())
    if form.takes(
        lambda: slots.close(
            db.session,
            actor=current_actor(),
            slot_id=slot_id,
            reason=text(form.reason),
            now=now(),
        )
    ):
        flash(gettext("The slot is taken off the calendar."), "success")
        return see_other(url_for(".publish", resource_id=found.resource_id))
    capacity = CapacityForm(formdata=None)
    capacity.capacity.data = found.capacity
    return _slot_page(slot_id, capacity, form, resource=resource)


@bp.route("/resources/<uuid:resource_id>/qualification", methods=["GET", "POST"])
def ask_qualification(resource_id: UUID) -> ResponseReturnValue:
    """Ask the operator to be allowed to use a resource."""
    actor = current_actor()
    resource = find_resources.get_resource(db.session, resource_id, actor=actor)
    own = booking_organizations(actor, resource)
    if not own:
        return render_template("bookings/book_first.html", resource=resource)
    form = QualificationForm()
    form.organization_id.choices = named(organizations(own))
    if form.takes(
        lambda: people.ask_for_qualification(
            db.session,
            actor=actor,
            resource_id=resource_id,
            organization_id=next(one for one in own if str(one) == form.organization_id.data),
            statement=text(form.statement),
            now=now(),
        )
    ):
        flash(gettext("The operator has your question and decides."), "success")
        return see_other(url_for(".resource", resource_id=resource_id))
    return form_page("bookings/ask_qualification.html", form, resource=resource)


@bp.get("/resources/<uuid:resource_id>/qualifications")
def qualifications(resource_id: UUID) -> ResponseReturnValue:
    """Show who may use a resource and who asks to, for its operator."""
    resource = find_resources.get_own_resource(db.session, resource_id, actor=current_actor())
    return _qualifications(resource_id, resource=resource, refused=None, form=DecideForm())


def _qualifications(
    resource_id: UUID, *, resource: object, refused: UUID | None, form: DecideForm
) -> ResponseReturnValue:
    return form_page(
        "bookings/qualifications.html",
        form,
        resource=resource,
        rows=find.list_qualifications(db.session, resource_id),
        refused=refused,
    )


@bp.post("/resources/<uuid:resource_id>/qualifications/<uuid:qualification_id>")
def decide_qualification(resource_id: UUID, qualification_id: UUID) -> ResponseReturnValue:
    """Grant, refuse or take back a qualification."""
    resource = find_resources.get_own_resource(db.session, resource_id, actor=current_actor())
    form = DecideForm()
    if form.takes(
        lambda: people.decide_qualification(
            db.session,
            actor=current_actor(),
            qualification_id=qualification_id,
            state=QualificationState(form.state.data),
            valid_until=form.valid_until.data,
            note=text(form.note),
            now=now(),
        )
    ):
        flash(gettext("The decision is kept; the person is told."), "success")
        return see_other(url_for(".qualifications", resource_id=resource_id))
    return _qualifications(resource_id, resource=resource, refused=qualification_id, form=form)


@bp.post("/facilities/<uuid:facility_id>/member-rates")
def add_member_rate(facility_id: UUID) -> ResponseReturnValue:
    """Give an organization a facility's member rate."""
    actor = current_actor()
    facility = find_resources.get_own_facility(db.session, facility_id, actor=actor)
    form = MemberForm()
    if form.accepted() and form.valid_until.data is not None:
        try:
            people.add_member_rate(
                db.session,
                actor=actor,
                facility_id=facility_id,
                credit_code=text(form.credit_code),
                valid_until=form.valid_until.data,
                now=now(),
            )
        except RuleBroken as broken:
            form.reject(broken)
        else:
            flash(gettext("The organization pays the member rate now."), "success")
            return see_other(url_for(".resources", facility_id=facility_id))
    return form_page(
        "bookings/resources.html",
        form,
        facility=facility,
        resources=find_resources.list_resources(db.session, facility_id, actor=actor, retired=True),
        rates=find.list_member_rates(db.session, facility_id),
    )


@bp.post("/member-rates/<uuid:rate_id>/end")
def end_member_rate(rate_id: UUID) -> ResponseReturnValue:
    """End an organization's member rate."""
    facility_id = people.end_member_rate(
        db.session, actor=current_actor(), rate_id=rate_id, now=now()
    )
    return see_other(url_for(".resources", facility_id=facility_id))
