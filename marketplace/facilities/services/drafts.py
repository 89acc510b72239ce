"""Writing a facility: one draft, saved step by step, by several people at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.drafting import services as drafting
from marketplace.facilities import permissions, queries
from marketplace.facilities.content import (
    IMMEDIATE,
    author_content,
    steps_of,
    with_ids,
    write_columns,
)
from marketplace.facilities.guests import HoursTouch, shut_out
from marketplace.facilities.models import Facility, FacilityKind
from marketplace.facilities.opening import plan_from
from marketplace.facilities.rules import NAME_LENGTH, REVIEW
from marketplace.facilities.values import sound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.drafting.outline import Content


def draft_facility(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    name: str,
    kind: FacilityKind,
    now: datetime,
) -> Facility:
    """Start a draft of an organization; the form fills the rest."""
    organization = drafting.own_organization(session, actor, organization_id)
    require(permissions.writes_for(actor, organization_id))
    facility = Facility(
        organization_id=organization_id,
        kind=kind,
        name=name.strip()[:NAME_LENGTH],
        district_code=organization.district_code,
        address=organization.address,
    )
    drafting.begin(session, actor=actor, text=facility, now=now)
    return facility


def seen_of(facility: Facility, step: str) -> str:
    """Give what a step's form carries: the row's version and a mark of the step's values."""
    return drafting.seen_of(facility, author_content(facility), steps_of(step))


def save_step(
    session: Session,
    *,
    actor: Actor,
    facility_id: UUID,
    step: str,
    values: Mapping[str, Any],
    seen: str,
    now: datetime,
    shuts_out: bool = False,
) -> Facility:
    """Save what one step of the form brings; other parts stay as they are.

    ``seen`` is what ``seen_of`` gave when the form was shown. Raises EditedElsewhere when
    somebody else changed this very step since then. Opening hours hold at once and are told
    (``facility.hours_changed``), whatever the review of the rest; HoursTouch names the guests whom
    they would shut out, unless that is meant (``shuts_out``).
    """
    facility = queries.get_own_facility(session, facility_id, actor=actor, lock=True)
    if step == "hours":
        require(permissions.may_set_hours(actor, facility))
    else:
        require(permissions.may_edit(actor, facility))
    content = author_content(facility)
    names = steps_of(step)
    drafting.require_seen(facility, content, names, seen)
    brought = {name: value for name, value in values.items() if name in names}
    if "instruments" in brought:
        brought["instruments"] = with_ids(
            content["instruments"], brought["instruments"], by_place=facility.published_at is None
        )
    fresh = sound({**content, **brought})
    if all(fresh[name] == content[name] for name in brought):
        return facility
    if step == "hours" and not shuts_out:
        plan = plan_from(fresh["hours"], fresh["closures"], follows=fresh["follows_holidays"])
        guests = shut_out(session, facility, plan, now)
        if guests:
            raise HoursTouch(guests)
    _require_own_files(session, facility, fresh)
    with judged(session):
        if step == "hours":
            for name in IMMEDIATE:
                setattr(facility, name, fresh[name])
            facility.edited_by, facility.touched_at = actor.user_id, now
        else:
            write(facility, fresh, actor, now)
    if step == "hours":
        tell_hours(session, actor, facility, now)
    return facility


def write(facility: Facility, content: Content, actor: Actor, now: datetime) -> None:
    """Keep what an author wrote."""
    REVIEW.write(
        facility,
        content,
        by=actor.user_id,
        at=now,
        columns=lambda: write_columns(facility, content, at=now),
    )


def tell_hours(session: Session, actor: Actor | None, facility: Facility, now: datetime) -> None:
    """Record changed hours, and tell them to those whose guests may stand outside."""
    audit.record(
        session,
        actor=actor,
        action="facility.hours_changed",
        kind="facility",
        object_id=facility.id,
        now=now,
        **{name: getattr(facility, name) for name in IMMEDIATE},
    )
    jobs.tell(session, "facility.hours_changed", id=str(facility.id))


def _require_own_files(session: Session, facility: Facility, content: Content) -> None:
    """Refuse a proof or photo that is a file of another object."""
    named = {row["attachment_id"] for row in content["photos"]}
    if content["filing_proof_id"]:
        named.add(content["filing_proof_id"])
    if named:
        drafting.require_own_files(named, queries.list_files(session, facility.id))
