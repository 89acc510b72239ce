"""Writes many facilities of one organization, known again by the operator's own numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.bulk import BulkOutcome, RowOutcome, RowState
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.drafting.services import note
from marketplace.facilities import permissions
from marketplace.facilities.content import (
    IMMEDIATE,
    author_content,
    empty_content,
    with_ids,
    write_columns,
)
from marketplace.facilities.guests import HoursTouch, shut_out
from marketplace.facilities.models import Facility, FacilityKind, FacilityStatus
from marketplace.facilities.opening import plan_from
from marketplace.facilities.rules import LIFECYCLE, REVIEW, require_publishable
from marketplace.facilities.services.drafts import tell_hours
from marketplace.facilities.services.reviews import known_number, today_of
from marketplace.facilities.values import sound
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.drafting.outline import Content

_CLOSED = (FacilityStatus.WITHDRAWN, FacilityStatus.UNDER_REVIEW)


@dataclass(frozen=True, kw_only=True)
class FacilityRecord:
    """One row of a file: the number, and the parts of the text of which the file speaks."""

    external_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Call:
    """What all rows of one call share."""

    session: Session
    actor: Actor | None
    organization: Organization
    publish: bool
    send: bool
    dry_run: bool
    now: datetime


def upsert_facilities(
    session: Session,
    *,
    actor: Actor | None,
    organization_id: UUID,
    records: Sequence[FacilityRecord],
    publish: bool,
    send: bool,
    now: datetime,
    dry_run: bool = False,
) -> BulkOutcome:
    """Write a batch, known again by (organization, external id); the caller commits.

    ``send`` puts complete texts into the reviewers' queue; ``publish`` shows new ones at once, and
    changes of shown ones wait for a reviewer in any case. An incomplete text fails with either and
    is a draft without. With ``dry_run`` nothing is written. Raises Denied for people who may not
    write for the organization; a record's own faults stand in its outcome.
    """
    allowed = actor is None or actor.is_administrator
    require(allowed or (actor is not None and permissions.writes_for(actor, organization_id)))
    organization = session.get(Organization, organization_id)
    if organization is None:
        raise NotFound
    # Two batches of one organization wait for each other: both could meet the same new number.
    key = func.hashtextextended(f"facilities:{organization_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    call = _Call(
        session=session,
        actor=actor,
        organization=organization,
        publish=publish,
        send=send,
        dry_run=dry_run,
        now=now,
    )
    known = _existing(session, organization_id, [one.external_id for one in records])
    rows = []
    for record in records:
        facility = known.get(record.external_id)
        try:
            rows.append(_row(call, record, facility, known))
        except RuleBroken as error:
            identity = facility.id if facility else None
            rows.append(RowOutcome(record.external_id, RowState.FAILED, identity, error))
    outcome = BulkOutcome(tuple(rows))
    if not dry_run and outcome.new + outcome.changed:
        audit.record(
            session,
            actor=actor,
            action="facilities.imported",
            kind="organization",
            object_id=organization_id,
            now=now,
            new=outcome.new,
            changed=outcome.changed,
        )
    return outcome


def _existing(session: Session, organization_id: UUID, numbers: list[str]) -> dict[str, Facility]:
    rows = session.scalars(
        select(Facility)
        .where(Facility.organization_id == organization_id, Facility.external_id.in_(numbers))
        .options(selectinload(Facility.instruments))
        .order_by(Facility.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {str(facility.external_id): facility for facility in rows}


def _row(
    call: _Call, record: FacilityRecord, facility: Facility | None, known: dict[str, Facility]
) -> RowOutcome:
    before = _begun(call) if facility is None else author_content(facility)
    values = dict(record.values)
    if "instruments" in values:
        by_place = facility is None or facility.published_at is None
        values["instruments"] = with_ids(
            before["instruments"], values["instruments"], by_place=by_place
        )
    after = sound({**before, **values})
    shows = call.publish or call.send
    if shows:
        number = known_number(facility) if facility else ""
        require_publishable(after, today=today_of(call.now), known_number=number)
    if facility is None:
        fresh = None if call.dry_run else _add(call, record, after)
        if fresh is not None:
            known[record.external_id] = fresh
        return RowOutcome(record.external_id, RowState.NEW, fresh.id if fresh else None)
    rises = shows and facility.status in (FacilityStatus.DRAFT, FacilityStatus.RETURNED)
    if after == before and not rises:
        return RowOutcome(record.external_id, RowState.UNCHANGED, facility.id)
    if facility.status in _CLOSED or facility.pending_submitted_at is not None:
        raise StepNotAllowed(
            N_("This step can't be taken from the state “%(state)s”."), state=facility.status.label
        )
    _require_no_guests(call, facility, before, after)
    if not call.dry_run:
        _change(call, facility, before, after)
    return RowOutcome(record.external_id, RowState.CHANGED, facility.id)


def _begun(call: _Call) -> Content:
    """Give a text of which only the operator's address is known."""
    return {
        **empty_content(),
        "kind": FacilityKind.PILOT_PLATFORM.value,
        "district_code": call.organization.district_code,
        "address": call.organization.address,
    }


def _require_no_guests(call: _Call, facility: Facility, before: Content, after: Content) -> None:
    """Refuse hours that would shut out people with bookings: a file is no place to decide that."""
    if all(before[name] == after[name] for name in IMMEDIATE):
        return
    plan = plan_from(after["hours"], after["closures"], follows=after["follows_holidays"])
    guests = shut_out(call.session, facility, plan, call.now)
    if guests:
        raise HoursTouch(guests)


def _add(call: _Call, record: FacilityRecord, content: Content) -> Facility:
    person = call.actor.user_id if call.actor else None
    facility = Facility(
        organization_id=call.organization.id,
        external_id=record.external_id,
        kind=FacilityKind(content["kind"]),
        name=content["name"],
        created_by=person,
        edited_by=person,
        touched_at=call.now,
    )
    with judged(call.session):
        facility.instruments = []
        call.session.add(facility)
        call.session.flush()
        write_columns(facility, content, at=call.now)
    note(call.session, call.actor, "drafted", facility, call.now)
    _onward(call, facility)
    return facility


def _change(call: _Call, facility: Facility, before: Content, after: Content) -> None:
    person = call.actor.user_id if call.actor else None
    with judged(call.session):
        REVIEW.write(
            facility,
            after,
            by=person,
            at=call.now,
            columns=lambda: write_columns(facility, after, at=call.now),
        )
        for name in IMMEDIATE:
            setattr(facility, name, after[name])
    if any(before[name] != after[name] for name in IMMEDIATE):
        tell_hours(call.session, call.actor, facility, call.now)
    _onward(call, facility)


def _onward(call: _Call, facility: Facility) -> None:
    """Send the text to the reviewers, or show a new one at once."""
    if not (call.publish or call.send):
        return
    if REVIEW.is_reviewed(facility):
        facility.pending_submitted_at = call.now
        note(call.session, call.actor, "sent", facility, call.now)
        return
    facility.status = LIFECYCLE.next(facility.status, "send")
    facility.submitted_at, facility.return_reason = call.now, ""
    if not call.publish:
        note(call.session, call.actor, "sent", facility, call.now)
        return
    facility.status = LIFECYCLE.next(facility.status, "publish")
    facility.published_at = call.now
    note(call.session, call.actor, "published", facility, call.now)
