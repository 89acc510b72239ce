"""People, their memberships as dated grants, and their sign-ins."""

from __future__ import annotations

from datetime import datetime
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

from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.core.constraints import means
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.organizations.models import Organization


class User(Entity, Model):
    """A person with an account; ``email`` is kept in lower case."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint(
            "email",
            name=means(
                "email_taken", N_("This e-mail address already has an account."), field="email"
            ),
        ),
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
    )

    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(repr=False)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    email_confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    totp_secret: Mapped[str | None] = mapped_column(default=None, repr=False)
    totp_last_step: Mapped[int | None] = mapped_column(default=None, repr=False)
    password_changed_at: Mapped[datetime | None] = mapped_column(default=None)
    suspended_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    personal_matching: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)


class PlatformGrant(Entity, Model):
    """A platform role held by a person between two moments."""

    __tablename__ = "platform_grant"
    __table_args__ = (
        Index(
            "one_open_platform_grant",
            "user_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint(
            "ended_at IS NULL OR ended_at >= started_at", name="platform_grant_in_order"
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[PlatformRole]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class Membership(Entity, Model):
    """A role in an organization held by a person between two moments."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "one_open_membership",
            "user_id",
            "organization_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="membership_in_order"),
        Index(None, "organization_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[MemberRole]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    granted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)

    user: Mapped[User] = relationship(init=False, lazy="raise", foreign_keys=[user_id])
    organization: Mapped[Organization] = relationship(init=False, lazy="raise")


class SignIn(Entity, Model):
    """A signed-in browser; ending the row signs it out wherever it is."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "user_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, repr=False)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
