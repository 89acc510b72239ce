"""Makes bookable resources, slots, bookings and those who take part in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.models import (
    COUNTING,
    ENDS,
    TIMED,
    Allocation,
    AllocationKind,
    Booking,
    BookingState,
    Resource,
    ResourceMode,
    ResourcePrice,
    Slot,
)
from marketplace.core.actor import MemberRole
from marketplace.facilities.models import Facility, FacilityKind, FacilityStatus
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.core.actor import Actor
    from marketplace.organizations.models import Organization

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
#: A Wednesday at 09:00 in Beijing, five days after the tests' noon.
WEDNESDAY = datetime(2026, 11, 25, 1, tzinfo=UTC)
HOURS = [{"weekday": day, "opens": "08:00", "closes": "18:00"} for day in range(1, 6)]


class Makers(Maker):
    def bookable_facility(
        self, organization: Organization | None = None, **values: Any
    ) -> Facility:
        """A published pilot platform, open on weekdays from 8 to 18."""
        owner = organization or self.organization()  # type: ignore[attr-defined]
        values.setdefault("name", f"中试平台 {factories.number()}")
        values.setdefault("kind", FacilityKind.PILOT_PLATFORM)
        values.setdefault("status", FacilityStatus.PUBLISHED)
        values.setdefault("published_at", NOON)
        values.setdefault("hours", HOURS)
        return self.add(Facility(organization_id=owner.id, **values))

    def resource(
        self,
        facility: Facility | None = None,
        *,
        price_minor: int | None = 100_000,
        **values: Any,
    ) -> Resource:
        """A line whose slots are published; 1,000 yuan a slot, by approval."""
        facility = facility or self.bookable_facility()
        values.setdefault("name", f"涂布线 {factories.number()}")
        values.setdefault("mode", ResourceMode.SLOTS)
        made = self.add(
            Resource(facility_id=facility.id, organization_id=facility.organization_id, **values)
        )
        if price_minor is not None:
            self.add(ResourcePrice(resource_id=made.id, unit_minor=price_minor))
        return made

    def slot(
        self,
        resource: Resource | None = None,
        *,
        starts_at: datetime = WEDNESDAY,
        hours: int = 3,
        lane: int = 1,
        **values: Any,
    ) -> Slot:
        """A slot with one place on a coming Wednesday morning."""
        resource = resource or self.resource()
        values.setdefault("capacity", 1)
        ends_at = starts_at + timedelta(hours=hours)
        made = self.add(
            Slot(resource_id=resource.id, starts_at=starts_at, ends_at=ends_at, **values)
        )
        self.add(
            Allocation(
                resource_id=resource.id,
                lane=lane,
                during=Range(starts_at, ends_at, bounds="[)"),
                kind=AllocationKind.SLOT,
                slot_id=made.id,
            )
        )
        return made

    def booker(self, organization: Organization | None = None) -> User:
        """A person who writes for a verified organization."""
        return self.member(organization, MemberRole.EDITOR)  # type: ignore[attr-defined]

    def operator_of(self, resource: Resource) -> Actor:
        """The actor of a new person on the operator's staff."""
        return self.actor(self.operator_user(resource))  # type: ignore[attr-defined]

    def operator_user(self, resource: Resource) -> User:
        """A new person on the staff of the resource's operator."""
        user = self.user()  # type: ignore[attr-defined]
        from marketplace.organizations.models import Organization

        owner = self.session.get_one(Organization, resource.organization_id)
        self.membership(user, owner, MemberRole.OPERATOR_STAFF)  # type: ignore[attr-defined]
        return user

    def booking(
        self, slot: Slot | None = None, person: User | None = None, **values: Any
    ) -> Booking:
        """A confirmed booking of a slot, with its place taken; other states by ``state``."""
        slot = slot or self.slot()
        resource = self.session.get_one(Resource, slot.resource_id)
        if person is None:
            organization = values.pop("organization", None) or self.organization()  # type: ignore[attr-defined]
            person = self.booker(organization)
            values.setdefault("organization_id", organization.id)
        state = values.setdefault("state", BookingState.CONFIRMED)
        if state in TIMED:
            values.setdefault("deadline_at", NOON + timedelta(minutes=30))
        if state in ENDS:
            values.setdefault("ended_at", NOON)
            values.setdefault("end_reason", "设备检修")
        if state is not BookingState.HELD:
            values.setdefault("submitted_at", NOON)
            values.setdefault("purpose", "小试样品放大")
            values.setdefault("price_minor", 100_000)
            values.setdefault("free_cancel_hours", resource.free_cancel_hours)
            values.setdefault("late_fee_percent", resource.late_fee_percent)
        number = factories.number()
        values.setdefault("starts_at", slot.starts_at)
        values.setdefault("ends_at", slot.ends_at)
        made = self.add(
            Booking(
                resource_id=resource.id,
                provider_id=resource.organization_id,
                person_id=person.id,
                slot_id=slot.id,
                idempotency_key=f"made-{number}",
                request_digest="",
                **values,
            )
        )
        if state in COUNTING:
            slot.taken += made.places
            self.session.flush()
        return made
