"""Finding people, their roles and their sign-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, defer

from marketplace.accounts.models import Invitation, Membership, PlatformGrant, SignIn, User
from marketplace.accounts.tokens import token_hash
from marketplace.core.actor import Actor, MemberRole, PlatformRole
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import BindParameter, ColumnElement
    from sqlalchemy.orm import Session

    #: An organization, a role in it, and whether it is verified.
    Belonging = tuple[UUID, MemberRole, OrganizationStatus]


def _holds(
    table: type[Membership | PlatformGrant], at: datetime | BindParameter[datetime]
) -> ColumnElement[bool]:
    """Say in SQL that a dated grant is in force."""
    return (table.started_at <= at) & (table.ended_at.is_(None) | (table.ended_at > at))


def actor_of(session: Session, user: User, *, at: datetime) -> Actor:
    """Gather a person's roles and memberships of this moment."""
    roles = session.scalars(
        select(PlatformGrant.role).where(
            PlatformGrant.user_id == user.id, _holds(PlatformGrant, at)
        )
    )
    rows = session.execute(
        select(Membership.organization_id, Membership.role, Organization.status)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.user_id == user.id, _holds(Membership, at))
    ).all()
    return _actor(user, roles, ((row[0], row[1], row[2]) for row in rows))


def _actor(user: User, roles: Iterable[PlatformRole], belongings: Iterable[Belonging]) -> Actor:
    memberships: dict[UUID, frozenset[MemberRole]] = {}
    verified = set()
    for organization_id, role, status in belongings:
        memberships[organization_id] = memberships.get(organization_id, frozenset()) | {role}
        if status is OrganizationStatus.VERIFIED:
            verified.add(organization_id)
    return Actor(
        user_id=user.id,
        name=user.name,
        roles=frozenset(roles),
        memberships=memberships,
        verified=frozenset(verified),
    )


#: A sign-in with its person, and what that person holds today: a line for each combination.
_SIGNED_IN = (
    select(
        SignIn,
        User,
        PlatformGrant.role,
        Membership.organization_id,
        Membership.role,
        Organization.status,
    )
    .join(User, User.id == SignIn.user_id)
    .outerjoin(
        PlatformGrant,
        (PlatformGrant.user_id == User.id) & _holds(PlatformGrant, bindparam("at")),
    )
    .outerjoin(Membership, (Membership.user_id == User.id) & _holds(Membership, bindparam("at")))
    .outerjoin(Organization, Organization.id == Membership.organization_id)
    .where(
        SignIn.token_hash == bindparam("token"),
        SignIn.ended_at.is_(None),
        SignIn.started_at > bindparam("since"),
    )
    # Secrets that few pages look at are opened only there.
    .options(defer(User.totp_secret), defer(User.recovery_hashes))
)


def find_signed_in(
    session: Session, token: str, *, since: datetime, at: datetime
) -> tuple[SignIn, User, Actor] | None:
    """Find the running sign-in behind a browser's token that began after a moment.

    One statement, for every request of a signed-in person begins with it.
    """
    values = {"token": token_hash(token), "since": since, "at": at}
    rows = session.execute(_SIGNED_IN, values).all()
    if not rows:
        return None
    sign_in, user = rows[0][:2]
    roles = {row[2] for row in rows} - {None}
    belongings = {(row[3], row[4], row[5]) for row in rows if row[3] is not None}
    return sign_in, user, _actor(user, roles, belongings)


def plain_email(email: str) -> str:
    """Give an address as it is kept: without blanks around it, in lower case."""
    return email.strip().lower()


def find_user_by_email(session: Session, email: str) -> User | None:
    """Find the person with an address; closed accounts have none."""
    return session.scalar(select(User).where(User.email == plain_email(email)))


def own_user(session: Session, actor: Actor, *, lock: bool = False) -> User:
    """Load the actor's own account, or raise NotFound."""
    user = session.get(User, actor.user_id, with_for_update=lock) if actor.user_id else None
    if user is None or not user.is_open:
        raise NotFound
    return user


def get_user(session: Session, user_id: UUID, *, lock: bool = False) -> User:
    """Load any account (for administrators), or raise NotFound."""
    user = session.get(User, user_id, with_for_update=lock)
    if user is None:
        raise NotFound
    return user


def names_of(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Give the names of people by their ids; unknown ids are left out."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def search_users(
    session: Session, *, words: str = "", role: PlatformRole | None = None, number: int = 1
) -> Page[User]:
    """List people by name or address, newest first."""
    found = select(User).order_by(User.created_at.desc(), User.id)
    if words:
        found = found.where(
            User.name.icontains(words, autoescape=True)
            | User.email.icontains(words, autoescape=True)
        )
    if role is not None:
        holders = select(PlatformGrant.user_id).where(
            PlatformGrant.role == role, PlatformGrant.ended_at.is_(None)
        )
        found = found.where(User.id.in_(holders))
    return page_of(session, found, number=number)


def list_sign_ins(session: Session, user_id: UUID) -> Sequence[SignIn]:
    """List a person's running sign-ins, the latest first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .order_by(SignIn.started_at.desc())
    ).all()


def list_grants(session: Session, user_id: UUID) -> Sequence[PlatformGrant]:
    """List a person's platform roles, past ones too, the latest first."""
    return session.scalars(
        select(PlatformGrant)
        .where(PlatformGrant.user_id == user_id)
        .order_by(PlatformGrant.started_at.desc(), PlatformGrant.id)
    ).all()


def list_members(session: Session, organization_id: UUID, *, at: datetime) -> Sequence[Membership]:
    """List who belongs to an organization today, with the person loaded."""
    return session.scalars(
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.organization_id == organization_id, _holds(Membership, at))
        .order_by(User.name, Membership.role)
    ).all()


def list_past_members(
    session: Session, organization_id: UUID, *, at: datetime
) -> Sequence[Membership]:
    """List grants that have ended, the latest end first."""
    return session.scalars(
        select(Membership)
        .join(Membership.user)
        .options(contains_eager(Membership.user))
        .where(Membership.organization_id == organization_id, Membership.ended_at <= at)
        .order_by(Membership.ended_at.desc(), Membership.id)
    ).all()


def list_own_memberships(session: Session, user_id: UUID, *, at: datetime) -> Sequence[Membership]:
    """List a person's present memberships, with the organization loaded."""
    return session.scalars(
        select(Membership)
        .join(Membership.organization)
        .options(contains_eager(Membership.organization))
        .where(Membership.user_id == user_id, _holds(Membership, at))
        .order_by(Organization.name, Membership.role)
    ).all()


def list_people(
    session: Session,
    organization_id: UUID,
    *,
    at: datetime,
    roles: frozenset[MemberRole] | None = None,
) -> Sequence[User]:
    """List an organization's people whose accounts are open, each once."""
    statement = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == organization_id,
            _holds(Membership, at),
            User.closed_at.is_(None),
            User.suspended_at.is_(None),
        )
        .order_by(User.id)
        .distinct()
    )
    if roles is not None:
        statement = statement.where(Membership.role.in_(roles))
    return session.scalars(statement).all()


def list_role_holders(session: Session, role: PlatformRole, *, at: datetime) -> Sequence[User]:
    """List the open accounts that hold a platform role today."""
    return session.scalars(
        select(User)
        .join(PlatformGrant, PlatformGrant.user_id == User.id)
        .where(
            PlatformGrant.role == role,
            _holds(PlatformGrant, at),
            User.closed_at.is_(None),
            User.suspended_at.is_(None),
        )
        .order_by(User.id)
    ).all()


def list_invitations(
    session: Session, organization_id: UUID, *, at: datetime
) -> Sequence[Invitation]:
    """List an organization's open invitations, expired ones too: they can be withdrawn."""
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.organization_id == organization_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.invited_at <= at,
        )
        .order_by(Invitation.invited_at.desc())
    ).all()


def get_invitation(session: Session, token: str, *, at: datetime, lock: bool = False) -> Invitation:
    """Load the open invitation behind a mailed link, or raise NotFound."""
    statement = (
        select(Invitation)
        .join(Invitation.organization)
        .options(contains_eager(Invitation.organization))
        .where(
            Invitation.token_hash == token_hash(token),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > at,
        )
    )
    if lock:
        statement = statement.with_for_update(of=Invitation)
    invitation = session.scalar(statement)
    if invitation is None:
        raise NotFound
    return invitation


def load_people(session: Session, ids: Iterable[UUID | None]) -> Mapping[UUID, User]:
    """Give people by id, for names beside what they did."""
    wanted = {identity for identity in ids if identity is not None}
    if not wanted:
        return {}
    return {user.id: user for user in session.scalars(select(User).where(User.id.in_(wanted)))}
