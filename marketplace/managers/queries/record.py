"""Finding introductions, claims and ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.managers import permissions
from marketplace.managers.models import Claim, Introduction, ManagerProfile, ManagerRating

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


@dataclass(frozen=True)
class Rating:
    """The mean of a manager's stars; None as long as there are none."""

    mean: float | None
    count: int


def _with_three() -> Select[Introduction]:
    return select(Introduction).options(
        joinedload(Introduction.manager, innerjoin=True),
        joinedload(Introduction.licensor, innerjoin=True),
        joinedload(Introduction.licensee, innerjoin=True),
    )


def get_introduction(session: Session, introduction_id: UUID, *, actor: Actor) -> Introduction:
    """Give an introduction to one of its three, or raise NotFound."""
    found = session.scalars(
        _with_three().where(
            Introduction.id == introduction_id, permissions.introductions_visible_to(actor)
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def list_introductions(session: Session, *, actor: Actor, number: int = 1) -> Page[Introduction]:
    """Give the introductions in which the actor has a part, the newest first."""
    statement = (
        _with_three()
        .where(permissions.introductions_visible_to(actor))
        .order_by(Introduction.at.desc(), Introduction.id)
    )
    return page_of(session, statement, number=number)


def introductions_of(
    session: Session,
    *,
    licensor_id: UUID,
    licensee_id: UUID,
    listing_id: UUID | None,
    need_id: UUID | None,
) -> Sequence[Introduction]:
    """Give the introductions of two organizations to one of the records, the oldest first."""
    about = [
        column == identity
        for column, identity in (
            (Introduction.listing_id, listing_id),
            (Introduction.need_id, need_id),
        )
        if identity is not None
    ]
    if not about:
        return ()
    return session.scalars(
        _with_three()
        .where(
            Introduction.licensor_id == licensor_id,
            Introduction.licensee_id == licensee_id,
            or_(*about),
        )
        .order_by(Introduction.at, Introduction.id)
    ).all()


def get_claim(session: Session, claim_id: UUID, *, actor: Actor) -> Claim:
    """Give a claim to the manager whose it is, or raise NotFound."""
    claim = session.scalars(
        select(Claim)
        .options(joinedload(Claim.manager, innerjoin=True))
        .join(ManagerProfile, ManagerProfile.id == Claim.manager_id)
        .where(Claim.id == claim_id, ManagerProfile.person_id == actor.user_id)
    ).one_or_none()
    if claim is None:
        raise NotFound
    return claim


def list_claims(session: Session, manager_id: UUID) -> Sequence[Claim]:
    """Give a manager's claims, the newest first."""
    return session.scalars(
        select(Claim).where(Claim.manager_id == manager_id).order_by(Claim.at.desc(), Claim.id)
    ).all()


def list_ratings(
    session: Session, manager_id: UUID, *, number: int = 1, size: int = 20
) -> Page[ManagerRating]:
    """Give what was said of a manager, the newest first."""
    statement = (
        select(ManagerRating)
        .options(joinedload(ManagerRating.organization, innerjoin=True))
        .where(ManagerRating.manager_id == manager_id)
        .order_by(ManagerRating.at.desc(), ManagerRating.id)
    )
    return page_of(session, statement, number=number, size=size)


def rating_of(session: Session, manager_id: UUID) -> Rating:
    """Give the mean of a manager's stars and their number."""
    mean, count = session.execute(
        select(func.avg(ManagerRating.stars), func.count()).where(
            ManagerRating.manager_id == manager_id
        )
    ).one()
    return Rating(None if mean is None else float(mean), count)


def find_rating(session: Session, deal_id: UUID, organization_id: UUID) -> ManagerRating | None:
    """Give what one side of a deal said of its manager."""
    return session.scalars(
        select(ManagerRating).where(
            ManagerRating.deal_id == deal_id, ManagerRating.organization_id == organization_id
        )
    ).one_or_none()
