"""What a manager did: introductions, claims to a fee, and what both sides thought of it.

Rows are only ever added.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.managers.models.register import ManagerProfile
from marketplace.organizations.models import Organization

BEFORE_US = N_("Another manager has introduced these two to each other about this record before.")


class Introduction(Entity, Model):
    """A manager brought two organizations together over a listing, a need, or both.

    The first introduction of the same two to the same record stands.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        CheckConstraint(
            "listing_id IS NOT NULL OR need_id IS NOT NULL", name="introduction_names_a_record"
        ),
        CheckConstraint("licensor_id <> licensee_id", name="introduction_of_two"),
        Index(
            means("first_introduction_to_listing", BEFORE_US),
            "licensor_id",
            "licensee_id",
            "listing_id",
            unique=True,
            postgresql_where=text("listing_id IS NOT NULL"),
        ),
        Index(
            means("first_introduction_to_need", BEFORE_US),
            "licensor_id",
            "licensee_id",
            "need_id",
            unique=True,
            postgresql_where=text("need_id IS NOT NULL"),
        ),
        Index(None, "manager_id"),
        Index(None, "licensee_id"),
        {"info": {"append_only": True}},
    )

    manager_id: Mapped[UUID] = mapped_column(ForeignKey("manager_profile.id"))
    licensor_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    licensee_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    at: Mapped[datetime]
    introduced_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    listing_id: Mapped[UUID | None] = mapped_column(default=None)
    need_id: Mapped[UUID | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool] = mapped_column(default=False)

    manager: Mapped[ManagerProfile] = relationship(init=False, lazy="raise", viewonly=True)
    licensor: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[licensor_id]
    )
    licensee: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[licensee_id]
    )


class Claim(Entity, Model):
    """A contract was registered without the manager who had introduced its parties.

    Civil Code 965: whoever used an intermediary's service and goes round them owes the fee.
    ``facts`` keeps what was true on that day, as the claim file says it.
    """

    __tablename__ = "manager_claim"
    __table_args__ = (
        UniqueConstraint("introduction_id", "registered_at", name="one_claim_per_contract"),
        Index(None, "manager_id"),
        {"info": {"append_only": True}},
    )

    manager_id: Mapped[UUID] = mapped_column(ForeignKey("manager_profile.id"))
    introduction_id: Mapped[UUID] = mapped_column(ForeignKey("introduction.id"))
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    registered_at: Mapped[datetime]
    at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]

    manager: Mapped[ManagerProfile] = relationship(init=False, lazy="raise", viewonly=True)


class ManagerRating(Entity, Model):
    """What one side of a closed deal says of its manager; never taken back.

    E-commerce Law 39: a platform does not delete ratings.
    """

    __tablename__ = "manager_rating"
    __table_args__ = (
        UniqueConstraint(
            "deal_id",
            "organization_id",
            name=means("one_rating_per_side", N_("Your organization has rated this deal already.")),
        ),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars_on_scale"),
        Index(None, "manager_id", "at"),
        {"info": {"append_only": True}},
    )

    manager_id: Mapped[UUID] = mapped_column(ForeignKey("manager_profile.id"))
    deal_id: Mapped[UUID]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    stars: Mapped[int]
    text: Mapped[str]
    at: Mapped[datetime]
    rated_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)
