"""Qualifications, member rates and secret calendar addresses."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from marketplace.bookings import permissions
from marketplace.bookings.models import (
    CalendarFeed,
    MemberRate,
    Qualification,
    QualificationState,
)
from marketplace.bookings.queries.resources import (
    get_own_facility,
    get_own_resource,
    get_resource,
)
from marketplace.bookings.services.records import person_of
from marketplace.bookings.times import day_of
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def ask_for_qualification(
    session: Session,
    *,
    actor: Actor,
    resource_id: UUID,
    organization_id: UUID,
    statement: str,
    now: datetime,
) -> Qualification:
    """Ask the operator to be allowed to use a resource; asked again after a refusal, it waits."""
    resource = get_resource(session, resource_id, actor=actor)
    require(permissions.may_book_for(actor, resource, organization_id))
    if not statement:
        raise RuleBroken(N_("Say what training or experience you have."), field="statement")
    person_id = person_of(actor)
    row = session.scalar(
        select(Qualification)
        .where(Qualification.resource_id == resource_id, Qualification.person_id == person_id)
        .with_for_update()
    )
    if row is None:
        row = Qualification(
            resource_id=resource_id, person_id=person_id, organization_id=organization_id
        )
        session.add(row)
    elif row.holds_on(day_of(now)):
        raise RuleBroken(N_("You have the qualification already."))
    row.state, row.statement, row.organization_id = (
        QualificationState.ASKED,
        statement,
        organization_id,
    )
    row.valid_until = row.decided_at = row.decided_by = None
    row.note = ""
    session.flush()
    _record(session, actor, row, "qualification.asked", now)
    return row


def decide_qualification(
    session: Session,
    *,
    actor: Actor,
    qualification_id: UUID,
    state: QualificationState,
    valid_until: date | None,
    note: str,
    now: datetime,
) -> Qualification:
    """Grant until a day, refuse or take back; for the resource's operator."""
    row = session.scalar(
        select(Qualification).where(Qualification.id == qualification_id).with_for_update()
    )
    if row is None:
        raise NotFound
    get_own_resource(session, row.resource_id, actor=actor)
    if state is QualificationState.GRANTED:
        if valid_until is None or valid_until < day_of(now):
            raise RuleBroken(N_("Say until which day it holds; a coming one."), field="valid_until")
    elif not note:
        raise RuleBroken(N_("Give a reason; the user reads it."), field="note")
    row.state, row.note = state, note
    row.valid_until = valid_until if state is QualificationState.GRANTED else None
    row.decided_at, row.decided_by = now, actor.user_id
    session.flush()
    _record(session, actor, row, "qualification.decided", now)
    return row


def _record(session: Session, actor: Actor, row: Qualification, topic: str, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=topic,
        kind="qualification",
        object_id=row.id,
        now=now,
        state=row.state,
        person=row.person_id,
    )
    # The names of topics stand in calls, so that a test can gather them.
    if row.state is QualificationState.ASKED:
        jobs.tell(session, "qualification.asked", id=str(row.id))
    else:
        jobs.tell(session, "qualification.decided", id=str(row.id))


def add_member_rate(
    session: Session,
    *,
    actor: Actor,
    facility_id: UUID,
    credit_code: str,
    valid_until: date,
    now: datetime,
) -> MemberRate:
    """Give a verified organization a facility's member rate until a day."""
    get_own_facility(session, facility_id, actor=actor)
    organization = session.scalar(
        select(Organization).where(
            Organization.credit_code == credit_code.strip().upper(),
            Organization.status == OrganizationStatus.VERIFIED,
        )
    )
    if organization is None:
        raise RuleBroken(
            N_("No verified organization has this unified social credit code."),
            field="credit_code",
        )
    if valid_until < day_of(now):
        raise RuleBroken(N_("Say until which day it holds; a coming one."), field="valid_until")
    row = MemberRate(
        facility_id=facility_id,
        organization_id=organization.id,
        valid_until=valid_until,
        added_by=actor.user_id,
    )
    with judged(session):
        session.add(row)
    audit.record(
        session,
        actor=actor,
        action="member_rate.added",
        kind="facility",
        object_id=facility_id,
        now=now,
        organization=organization.id,
    )
    return row


def end_member_rate(session: Session, *, actor: Actor, rate_id: UUID, now: datetime) -> UUID:
    """End an organization's member rate; give the facility's id."""
    row = session.get(MemberRate, rate_id)
    if row is None:
        raise NotFound
    get_own_facility(session, row.facility_id, actor=actor)
    session.delete(row)
    audit.record(
        session,
        actor=actor,
        action="member_rate.ended",
        kind="facility",
        object_id=row.facility_id,
        now=now,
        organization=row.organization_id,
    )
    return row.facility_id


def token_hash(token: str) -> bytes:
    """Give what is kept of a secret address."""
    return hashlib.sha256(token.encode()).digest()


def make_feed(
    session: Session,
    *,
    actor: Actor,
    facility_id: UUID | None,
    language: str,
    now: datetime,
) -> str:
    """Make a new secret calendar address and end the one before; give its token, this once."""
    person_id = person_of(actor)
    if facility_id is not None:
        get_own_facility(session, facility_id, actor=actor)
    revoke_feed(session, actor=actor, facility_id=facility_id, now=now)
    token = secrets.token_urlsafe(32)
    session.add(
        CalendarFeed(
            token_hash=token_hash(token),
            made_by=person_id,
            person_id=None if facility_id else person_id,
            facility_id=facility_id,
            language=language,
        )
    )
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="calendar_feed.made",
        kind="facility" if facility_id else "person",
        object_id=facility_id or person_id,
        now=now,
    )
    return token


def revoke_feed(session: Session, *, actor: Actor, facility_id: UUID | None, now: datetime) -> None:
    """End the secret calendar address of the actor, or of a facility that the actor runs."""
    person_id = person_of(actor)
    if facility_id is not None:
        get_own_facility(session, facility_id, actor=actor)
    whose = (
        CalendarFeed.facility_id == facility_id
        if facility_id
        else CalendarFeed.person_id == person_id
    )
    session.execute(
        update(CalendarFeed)
        .where(whose, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=now, version=CalendarFeed.version + 1)
    )
