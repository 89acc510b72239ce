"""Who may use what at which rate, who waits, and calendar addresses."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.bookings.models.resources import Resource
from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.organizations.models import Organization


class QualificationState(LabelledEnum):
    """How far a person has come with the permission to use a resource."""

    ASKED = "asked", N_("Asked for")
    GRANTED = "granted", N_("Granted")
    REFUSED = "refused", N_("Not granted")
    REVOKED = "revoked", N_("Taken back")


class Qualification(Entity, Model):
    """A person's permission to use a resource, granted by its operator until a day."""

    __tablename__ = "qualification"
    __table_args__ = (
        UniqueConstraint("resource_id", "person_id", name="one_qualification_per_person"),
        CheckConstraint(
            "state <> 'granted' OR (valid_until IS NOT NULL AND decided_at IS NOT NULL)",
            name="granted_qualification_ends",
        ),
        Index(None, "person_id"),
    )

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    state: Mapped[QualificationState] = mapped_column(default=QualificationState.ASKED)
    #: The last day on which it holds.
    valid_until: Mapped[date | None] = mapped_column(default=None)
    statement: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)

    person: Mapped[User] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[person_id]
    )
    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (
            self.state is QualificationState.GRANTED
            and self.valid_until is not None
            and day <= self.valid_until
        )


class MemberRate(Entity, Model):
    """An organization that pays a facility's member rate until a day."""

    __tablename__ = "member_rate"
    __table_args__ = (
        UniqueConstraint(
            "facility_id",
            "organization_id",
            name=means(
                "one_member_rate_per_organization",
                N_("This organization already has the member rate."),
                field="organization_id",
            ),
        ),
    )

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    valid_until: Mapped[date]
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)

    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)


class WaitState(LabelledEnum):
    """What became of a place in the wait list."""

    WAITING = "waiting", N_("On the wait list")
    OFFERED = "offered", N_("A place is offered")
    TAKEN = "taken", N_("Took the place")
    LAPSED = "lapsed", N_("Did not react")
    LEFT = "left", N_("Left the wait list")


class WaitEntry(Entity, Model):
    """Somebody waits for a time that is full; ``created_at`` gives the order."""

    __tablename__ = "wait_entry"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="wait_is_for_a_time"),
        CheckConstraint("places BETWEEN 1 AND 1000", name="wait_is_for_places"),
        CheckConstraint(
            "(state IN ('offered', 'taken')) <= (booking_id IS NOT NULL)", name="offer_is_a_booking"
        ),
        Index(
            means("one_wait_per_time", N_("You are on the wait list for this time already.")),
            "resource_id",
            "starts_at",
            "ends_at",
            "organization_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(None, "resource_id", "state", "created_at"),
        Index(None, "person_id"),
    )

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    joined_at: Mapped[datetime]
    slot_id: Mapped[UUID | None] = mapped_column(ForeignKey("slot.id"), default=None)
    places: Mapped[int] = mapped_column(default=1)
    state: Mapped[WaitState] = mapped_column(default=WaitState.WAITING)
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id"), default=None)

    resource: Mapped[Resource] = relationship(init=False, lazy="raise", viewonly=True)
    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)


class CalendarFeed(Entity, Model):
    """A secret calendar address of a person or of a facility; only its hash is kept."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        CheckConstraint(
            "(person_id IS NULL) <> (facility_id IS NULL)", name="feed_is_of_one_thing"
        ),
        Index(
            "one_feed_per_person",
            "person_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL AND person_id IS NOT NULL"),
        ),
        Index(
            "one_feed_per_facility",
            "facility_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL AND facility_id IS NOT NULL"),
        ),
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, repr=False)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("facility.id"), default=None)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
