"""Introductions, claims when somebody goes round a manager, and ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.listings.queries import get_listing
from marketplace.managers import permissions, rules
from marketplace.managers.models import (
    Claim,
    Introduction,
    ManagerProfile,
    ManagerRating,
    RecordKind,
)
from marketplace.managers.models.record import BEFORE_US
from marketplace.managers.queries import mandates as find_mandates
from marketplace.managers.queries import record as find
from marketplace.managers.queries.register import get_manager
from marketplace.managers.services.mandates import require_active
from marketplace.managers.services.records import person_of
from marketplace.needs.clock import day_of
from marketplace.needs.permissions import may_see_name
from marketplace.needs.queries.needs import consents_of, get_need
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.managers.models import Mandate


def introduce(
    session: Session,
    *,
    actor: Actor,
    manager_id: UUID,
    licensor_id: UUID,
    licensee_id: UUID,
    listing_id: UUID | None,
    need_id: UUID | None,
    now: datetime,
    note: str = "",
    running: bool = False,
) -> Introduction:
    """Record that a manager brought two organizations together over a listing, a need, or both.

    The first introduction of the same two to the same record stands: repeated by the same manager
    it is given back, by another one RuleBroken is raised. With ``running`` it is part of a deal
    that runs: a license that ended meanwhile or a record that was hidden holds nothing up, and
    another manager's earlier introduction is given back, for it stands.
    """
    if running:
        profile = session.get(ManagerProfile, manager_id)
        if profile is None:
            raise NotFound
        require(permissions.is_own(actor, profile))
    else:
        profile = get_manager(session, manager_id, actor=actor)
        require(permissions.is_own(actor, profile))
        require_active(profile, day_of(now))
        _require_pair(session, profile, licensor_id, licensee_id)
        _require_records(
            session,
            actor,
            licensor_id=licensor_id,
            licensee_id=licensee_id,
            listing_id=listing_id,
            need_id=need_id,
        )
    earlier = find.introductions_of(
        session,
        licensor_id=licensor_id,
        licensee_id=licensee_id,
        listing_id=listing_id,
        need_id=need_id,
    )
    rival = next((one for one in earlier if one.manager_id != profile.id), None)
    if rival is not None:
        if running:
            return rival
        raise RuleBroken(BEFORE_US)
    # Only what is new is written; what was said before stands as it was said.
    new_listing = None if any(one.listing_id == listing_id for one in earlier) else listing_id
    new_need = None if any(one.need_id == need_id for one in earlier) else need_id
    if new_listing is None and new_need is None:
        return earlier[0]
    introduction = Introduction(
        manager_id=profile.id,
        licensor_id=licensor_id,
        licensee_id=licensee_id,
        listing_id=new_listing,
        need_id=new_need,
        at=now,
        introduced_by=person_of(actor),
        note=note,
        is_demo=profile.is_demo,
    )
    with judged(session):
        session.add(introduction)
    audit.record(
        session,
        actor=actor,
        action="manager.introduced",
        kind="introduction",
        object_id=introduction.id,
        now=now,
        licensor=licensor_id,
        licensee=licensee_id,
        listing=new_listing,
        need=new_need,
    )
    jobs.tell(session, "manager.introduced", id=str(introduction.id))
    return introduction


def _require_records(
    session: Session,
    actor: Actor,
    *,
    licensor_id: UUID,
    licensee_id: UUID,
    listing_id: UUID | None,
    need_id: UUID | None,
) -> None:
    """Refuse an introduction to nothing; NotFound for records of others than the two."""
    if listing_id is None and need_id is None:
        raise RuleBroken(N_("An introduction is about a technology, a need, or both."))
    if listing_id is not None:
        listing = get_listing(session, listing_id, actor=actor)
        if listing.organization_id != licensor_id:
            raise NotFound
    if need_id is not None:
        need = get_need(session, need_id, actor=actor)
        # Who may not see the company behind a need must not find it out by trying.
        named = may_see_name(actor, need, consents_of(session, need.id))
        if need.organization_id != licensee_id or not named:
            raise NotFound


def _require_pair(
    session: Session, profile: ManagerProfile, licensor_id: UUID, licensee_id: UUID
) -> None:
    if licensor_id == licensee_id:
        raise RuleBroken(N_("An introduction brings two organizations together."))
    if profile.organization_id in (licensor_id, licensee_id):
        raise RuleBroken(N_("A manager does not broker for their own organization."))
    verified = session.scalars(
        select(Organization.id).where(
            Organization.id.in_((licensor_id, licensee_id)),
            Organization.status == OrganizationStatus.VERIFIED,
        )
    ).all()
    if set(verified) != {licensor_id, licensee_id}:
        raise NotFound


def notice_contract(
    session: Session,
    *,
    licensor_id: UUID,
    licensee_id: UUID,
    listing_id: UUID | None,
    need_id: UUID | None,
    manager_id: UUID | None,
    registered_at: datetime,
    now: datetime,
    value_minor: int | None = None,
) -> list[Claim]:
    """Look whether a registered contract went round a manager; give the claims that are new.

    A claim arises for whoever introduced these two to one of these records before, is not the
    contract's own manager, and has a mandate whose term or tail covers the day of registration
    (Civil Code 965).
    """
    claims = []
    introductions = find.introductions_of(
        session,
        licensor_id=licensor_id,
        licensee_id=licensee_id,
        listing_id=listing_id,
        need_id=need_id,
    )
    served: set[UUID] = set()
    for introduction in introductions:
        left_out = introduction.manager_id != manager_id and introduction.at <= registered_at
        if not left_out or introduction.manager_id in served:
            continue
        mandate = _covering(session, introduction, day_of(registered_at))
        if mandate is None:
            continue
        served.add(introduction.manager_id)
        claim = _claim(session, introduction, mandate, registered_at, now, value_minor)
        if claim is not None:
            claims.append(claim)
    return claims


def _covering(
    session: Session,
    introduction: Introduction,
    registered_on: date,
) -> Mandate | None:
    about = [one for one in (introduction.listing_id, introduction.need_id) if one is not None]
    for mandate in find_mandates.mandates_covering(
        session,
        manager_id=introduction.manager_id,
        client_ids=(introduction.licensor_id, introduction.licensee_id),
        object_ids=about,
    ):
        parties = {introduction.licensor_id, introduction.licensee_id}
        fits = mandate.other_organization_id is None or mandate.other_organization_id in parties
        ended_on = day_of(mandate.ended_at) if mandate.ended_at else None
        if fits and rules.covers(mandate, registered_on, ended_on=ended_on):
            return mandate
    return None


def _claim(  # noqa: PLR0917 — the facts of one claim
    session: Session,
    introduction: Introduction,
    mandate: Mandate,
    registered_at: datetime,
    now: datetime,
    value_minor: int | None,
) -> Claim | None:
    known = session.scalar(
        select(Claim.id).where(
            Claim.introduction_id == introduction.id, Claim.registered_at == registered_at
        )
    )
    if known is not None:
        return None
    claim = Claim(
        manager_id=introduction.manager_id,
        introduction_id=introduction.id,
        mandate_id=mandate.id,
        registered_at=registered_at,
        at=now,
        facts=_facts(session, introduction, mandate, value_minor),
    )
    session.add(claim)
    session.flush()
    audit.record(
        session,
        actor=None,
        action="manager.claim_arisen",
        kind="claim",
        object_id=claim.id,
        now=now,
        manager=claim.manager_id,
        introduction=introduction.id,
        mandate=mandate.id,
    )
    jobs.tell(session, "manager.claim_arisen", id=str(claim.id))
    return claim


def _facts(
    session: Session, introduction: Introduction, mandate: Mandate, value_minor: int | None
) -> dict[str, Any]:
    """Keep what was true on this day, so that the claim file never says something else."""
    about = [
        (kind, identity)
        for kind, identity in (
            (RecordKind.LISTING, introduction.listing_id),
            (RecordKind.NEED, introduction.need_id),
        )
        if identity is not None
    ]
    return {
        "manager": {"name": introduction.manager.name, "name_en": introduction.manager.name_en},
        "licensor": _named(introduction.licensor),
        "licensee": _named(introduction.licensee),
        "records": [
            {"kind": line.kind.value, "title": line.title, "title_en": line.title_en}
            for line in find_mandates.record_lines(session, about)
        ],
        "introduced_at": introduction.at.isoformat(),
        "mandate": {
            "client": _named(mandate.client),
            "signed_at": mandate.signed_at.isoformat() if mandate.signed_at else None,
            "starts_on": mandate.starts_on.isoformat(),
            "ends_on": mandate.ends_on.isoformat(),
            "ended_at": mandate.ended_at.isoformat() if mandate.ended_at else None,
            "tail_days": mandate.tail_days,
            "payer": mandate.payer.value,
            "success_fee_bp": mandate.success_fee_bp,
            "fixed_fee_minor": mandate.fixed_fee_minor,
            "floor_minor": mandate.floor_minor,
            "cap_minor": mandate.cap_minor,
        },
        "value_minor": value_minor,
    }


def _named(organization: Organization) -> dict[str, str]:
    return {
        "name": organization.name,
        "name_en": organization.name_en,
        "code": organization.credit_code,
    }


def rate(
    session: Session,
    *,
    actor: Actor,
    manager_id: UUID,
    deal_id: UUID,
    organization_id: UUID,
    stars: int,
    text: str,
    now: datetime,
) -> ManagerRating:
    """Keep what one side of a closed deal says of its manager.

    The caller (deals) has judged that the deal is closed, that this manager brokered it, and that
    the organization is one of its sides. A rating stays (E-commerce Law 39).
    """
    if not actor.is_member(organization_id):
        raise NotFound
    require(actor.may_write_for(organization_id))
    profile = session.get(ManagerProfile, manager_id)
    if profile is None:
        raise NotFound
    if permissions.is_own(actor, profile):
        raise Denied
    text = text.strip()
    rules.require_rating(stars, text)
    rating = ManagerRating(
        manager_id=profile.id,
        deal_id=deal_id,
        organization_id=organization_id,
        stars=stars,
        text=text,
        at=now,
        rated_by=person_of(actor),
    )
    with judged(session):
        session.add(rating)
    audit.record(
        session,
        actor=actor,
        action="manager.rated",
        kind="manager",
        object_id=profile.id,
        now=now,
        deal=deal_id,
        stars=stars,
    )
    jobs.tell(session, "manager.rated", id=str(rating.id))
    return rating
