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
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.core.sealing import Sealed
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
    totp_secret: Mapped[str | None] = mapped_column(Sealed, default=None, repr=False)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    totp_last_step: Mapped[int | None] = mapped_column(default=None, repr=False)
    recovery_hashes: Mapped[list[str]] = mapped_column(default_factory=list, repr=False)
    password_changed_at: Mapped[datetime | None] = mapped_column(default=None)
    suspended_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    personal_matching: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)

    @property
    def has_second_step(self) -> bool:
        """Whether signing in asks for a code of the authenticator, too."""
        return self.totp_secret is not None and self.totp_confirmed_at is not None

    @property
    def is_open(self) -> bool:
        """Whether the account can be used: neither suspended nor closed."""
        return self.suspended_at is None and self.closed_at is None


class PlatformGrant(Entity, Model):
    """A platform role held by a person between two moments."""

    __tablename__ = "platform_grant"
    __table_args__ = (
        Index(
            means(
                "one_open_platform_grant", N_("This person already holds this role."), field="role"
            ),
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
            means("one_open_membership", N_("This person already holds this role."), field="role"),
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


class TokenPurpose(LabelledEnum):
    """What a link in a mail lets its reader do."""

    RESET_PASSWORD = "reset_password", N_("Set a new password")
    CHANGE_EMAIL = "change_email", N_("Confirm a new e-mail address")


class AccountToken(Entity, Model):
    """A link that was mailed to a person; it works once and for a while."""

    __tablename__ = "account_token"
    __table_args__ = (Index(None, "user_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[TokenPurpose]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, repr=False)
    expires_at: Mapped[datetime]
    email: Mapped[str] = mapped_column(String(254), default="")
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Registration(Entity, Model):
    """Somebody asked for an account; the person exists once the mailed link was followed.

    The password is chosen behind the link, so nobody can prepare an account at another's address.
    """

    __tablename__ = "registration"
    __table_args__ = (Index(None, "email"),)

    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(2))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, repr=False)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class SignInThrottle(Entity, Model):
    """Failed sign-ins at one address, whether or not it has an account.

    ``email_hash`` is SHA-256, so that the table is no list of addresses.
    """

    __tablename__ = "sign_in_throttle"

    email_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, repr=False)
    failures: Mapped[int]
    failed_at: Mapped[datetime]
    locked_until: Mapped[datetime | None] = mapped_column(default=None)


class Invitation(Entity, Model):
    """A role in an organization offered to an e-mail address."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index(
            means(
                "one_open_invitation",
                N_("This address already has an open invitation. Withdraw it to send another."),
                field="email",
            ),
            "organization_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND withdrawn_at IS NULL"),
        ),
        CheckConstraint("email = lower(email)", name="invitation_email_in_lower_case"),
        CheckConstraint(
            "accepted_at IS NULL OR withdrawn_at IS NULL", name="invitation_ends_one_way"
        ),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[MemberRole]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True, repr=False)
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)

    organization: Mapped[Organization] = relationship(init=False, lazy="raise")
