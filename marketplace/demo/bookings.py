"""Demo resources of the demo facilities, slots of the coming weeks, bookings in several states."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.queries import actor_of
from marketplace.bookings.models import (
    Approval,
    Booking,
    BookingEvent,
    BookingState,
    PriceUnit,
    Qualification,
    QualificationState,
    RateKind,
    Resource,
    ResourceMode,
    Slot,
)
from marketplace.bookings.services import judging, resources, slots, waiting
from marketplace.bookings.services.holding import Wish, hold
from marketplace.bookings.services.resources import PriceRow, ResourceInput
from marketplace.bookings.services.submitting import Details, quote_for, submit
from marketplace.bookings.times import DAY, WeeklyRule, at, day_of
from marketplace.core.actor import Actor, MemberRole
from marketplace.core.errors import RuleBroken
from marketplace.facilities.models import Facility, FacilityStatus, Instrument, InstrumentKind
from marketplace.payments import queries as payments
from marketplace.payments.models import Method, Purpose
from marketplace.payments.services.receiving import receive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.organizations.models import Organization

_YUAN = 100
_WEEKDAYS = frozenset(range(1, 6))
_QUESTION = {
    "key": "q1",
    "text": "材料名称、用量和危险特性",
    "text_en": "Material, amount and hazards",
    "required": True,
}
_SAFETY = (
    "进入前完成安全培训；不得带入易燃易爆、剧毒物料；全程佩戴防护用品；异常情况立即按停机键并报告。"
)
_SAFETY_EN = (
    "Take the safety training first; bring no flammable, explosive or highly toxic material; wear "
    "protection at all times; in trouble press stop and report."
)


def _owner(organization_id: UUID) -> Actor:
    return Actor(memberships={organization_id: frozenset({MemberRole.OWNER})})


def _line(instrument: Instrument) -> ResourceInput:
    """A pilot line: half-day slots by approval, with member and voucher rates."""
    return ResourceInput(
        name=instrument.name,
        name_en=instrument.name_en,
        about=instrument.note,
        mode=ResourceMode.SLOTS,
        instrument_id=instrument.id,
        minimum_notice_hours=24,
        horizon_days=60,
        buffer_after_minutes=30,
        request_hours=48,
        payment_minutes=1440,
        free_cancel_hours=72,
        late_fee_percent=30,
        deposit_minor=2_000 * _YUAN,
        questions=(_QUESTION,),
        needs_project=True,
        safety_statement=_SAFETY,
        safety_statement_en=_SAFETY_EN,
        prices=(
            PriceRow(RateKind.STANDARD, 1, 4_800 * _YUAN),
            PriceRow(RateKind.MEMBER, 1, 3_900 * _YUAN),
            PriceRow(RateKind.VOUCHER, 1, 2_400 * _YUAN),
        ),
    )


def _instrument(instrument: Instrument) -> ResourceInput:
    """An instrument: any free time by the hour, cheaper from four hours on."""
    return ResourceInput(
        name=instrument.name,
        name_en=instrument.name_en,
        about=instrument.note,
        mode=ResourceMode.FREE,
        instrument_id=instrument.id,
        units=min(instrument.count, 4),
        approval=Approval.BY_APPROVAL if instrument.needs_qualification else Approval.INSTANT,
        minimum_notice_hours=12,
        horizon_days=45,
        buffer_after_minutes=30,
        step_minutes=30,
        minimum_minutes=60,
        maximum_minutes=480,
        daily_cap=2,
        price_unit=PriceUnit.HOUR,
        payment_minutes=1440 if instrument.needs_qualification else 30,
        free_cancel_hours=24,
        late_fee_percent=50,
        needs_qualification=instrument.needs_qualification,
        prices=(
            PriceRow(RateKind.STANDARD, 1, 380 * _YUAN),
            PriceRow(RateKind.STANDARD, 4, 320 * _YUAN),
            PriceRow(RateKind.VOUCHER, 1, 190 * _YUAN),
        ),
    )


def _space(instrument: Instrument) -> ResourceInput:
    """A room of the innovation park: free of charge, booked at once."""
    return ResourceInput(
        name=instrument.name,
        name_en=instrument.name_en,
        about=instrument.note,
        mode=ResourceMode.FREE,
        instrument_id=instrument.id,
        units=min(instrument.count, 10),
        approval=Approval.INSTANT,
        minimum_notice_hours=2,
        horizon_days=30,
        minimum_minutes=60,
        maximum_minutes=600,
        late_fee_percent=0,
        price_unit=PriceUnit.HOUR,
        prices=(PriceRow(RateKind.STANDARD, 1, 0),),
    )


_MAKERS = {
    InstrumentKind.LINE: _line,
    InstrumentKind.INSTRUMENT: _instrument,
    InstrumentKind.SPACE: _space,
}


def load(
    session: Session, *, organizations: Mapping[str, Organization], now: datetime
) -> list[Resource]:
    """Add resources to the published demo facilities, slots, and bookings at the pilot platform."""
    facilities = session.scalars(
        select(Facility)
        .where(Facility.is_demo, Facility.status == FacilityStatus.PUBLISHED)
        .order_by(Facility.name)
    ).all()
    made: list[Resource] = []
    for facility in facilities:
        actor = _owner(facility.organization_id)
        for instrument in session.scalars(
            select(Instrument)
            .where(Instrument.facility_id == facility.id, Instrument.bookable)
            .order_by(Instrument.position)
        ):
            values = _MAKERS[instrument.kind](instrument)
            row = resources.make(
                session, actor=actor, facility_id=facility.id, values=values, now=now
            )
            made.append(row)
            if row.mode is ResourceMode.SLOTS:
                _publish(session, actor, row, now)
    session.flush()
    _bookings(session, organizations, made, now)
    return made


def _publish(session: Session, actor: Actor, row: Resource, now: datetime) -> None:
    today = day_of(now)
    for starts, ends in ((9 * 60, 12 * 60), (13 * 60, 16 * 60)):
        slots.publish(
            session,
            actor=actor,
            resource_id=row.id,
            rule=WeeklyRule(
                weekdays=_WEEKDAYS,
                starts=starts,
                ends=ends,
                first_on=today,
                last_on=today + 28 * DAY,
            ),
            capacity=2 if starts < 12 * 60 else 1,
            price_minor=None,
            now=now,
        )


def _bookings(
    session: Session,
    organizations: Mapping[str, Organization],
    made: Sequence[Resource],
    now: datetime,
) -> None:
    pilot = organizations["pilot"]
    own = [row for row in made if row.organization_id == pilot.id]
    line = next((row for row in own if row.mode is ResourceMode.SLOTS), None)
    if line is None:
        return
    enterprise = _actor(session, "enterprise@hanqiao.example", now)
    university = _actor(session, "university@hanqiao.example", now)
    free = session.scalars(
        select(Slot)
        .where(Slot.resource_id == line.id, Slot.starts_at > now + 3 * DAY)
        .order_by(Slot.starts_at)
    ).all()
    pcb, whut = organizations["pcb"], organizations["whut"]
    plans = (
        (enterprise, pcb, 0, "蚀刻废液铜回收膜组件中试，处理量 20 L/h。", "request"),
        (university, whut, 2, "激光清洗头批量装配验证，20 套。", "approve"),
        (enterprise, pcb, 4, "新药水循环稳定性试验，连续 3 小时。", "reject"),
        (university, whut, 6, "涂层附着力放大验证。", "propose"),
        (enterprise, pcb, 8, "再生药水小批量生产，200 L。", "pay"),
    )
    for actor, organization, number, purpose, until in plans:
        if number + 2 >= len(free):
            return
        booking = _request(session, actor, organization, line, free[number], purpose, now)
        operator = _actor(session, "operator@hanqiao.example", now)
        if until in ("approve", "pay"):
            judging.approve(session, actor=operator, booking_id=booking.id, now=now)
        if until == "pay":
            _pay(session, booking, now)
        if until == "reject":
            judging.reject(
                session,
                actor=operator,
                booking_id=booking.id,
                reason="该批物料含氰化物，超出本线安全限值，请先做无害化处理。",
                now=now,
            )
        elif until == "propose":
            judging.propose(
                session,
                actor=operator,
                booking_id=booking.id,
                proposal=judging.Proposal(
                    slot_id=free[number + 2].id, note="当日上午设备校准，建议改到这一时段。"
                ),
                now=now,
            )
    _wait(session, university, whut, line, free[1], enterprise, pcb, now)
    _past(session, enterprise, pcb, line, now)
    _qualifications(session, own, enterprise, pcb, now)


def _pay(session: Session, booking: Booking, now: datetime) -> None:
    """Let the money of an approved booking arrive by bank."""
    for payment in payments.lock_attempts(session, Purpose.BOOKING, booking.id):
        receive(session, payment, method=Method.BANK, amount_minor=payment.amount_minor, now=now)


def _actor(session: Session, email: str, now: datetime) -> Actor:
    user = session.scalars(select(User).where(User.email == email)).one()
    return actor_of(session, user, at=now)


def _request(  # noqa: PLR0917 — a plan's parts in their order
    session: Session,
    actor: Actor,
    organization: Organization,
    line: Resource,
    slot: Slot,
    purpose: str,
    now: datetime,
) -> Booking:
    booking = hold(
        session,
        actor=actor,
        wish=Wish(resource_id=line.id, organization_id=organization.id, slot_id=slot.id),
        key=f"demo-{slot.id.hex}",
        now=now,
    )
    session.refresh(line, ["prices"])
    return submit(
        session,
        actor=actor,
        booking_id=booking.id,
        details=Details(
            purpose=purpose,
            expected_minor=quote_for(session, booking, line).total_minor,
            answers={"q1": "水性浆料 10 kg，无危险特性"},
            safety_accepted=True,
            project_account="HQ-2026-018",
        ),
        now=now,
    )


def _wait(  # noqa: PLR0917 — a plan's parts in their order
    session: Session,
    waiting_actor: Actor,
    waiting_for: Organization,
    line: Resource,
    slot: Slot,
    holder: Actor,
    organization: Organization,
    now: datetime,
) -> None:
    """Let one organization have the last place of a slot, and another wait for it."""
    _request(session, holder, organization, line, slot, "小批量试制 200 件。", now)
    session.refresh(slot)
    try:
        waiting.join(
            session,
            actor=waiting_actor,
            wish=Wish(resource_id=line.id, organization_id=waiting_for.id, slot_id=slot.id),
            now=now,
        )
    except RuleBroken:
        # The slot has a second place: nobody needs to wait.
        return


def _past(
    session: Session, actor: Actor, organization: Organization, line: Resource, now: datetime
) -> None:
    """Add a used and a missed booking of the last weeks."""
    if actor.user_id is None:
        return
    for days, state in ((12, BookingState.COMPLETED), (20, BookingState.NO_SHOW)):
        starts_at = at(day_of(now - timedelta(days=days)), 9 * 60)
        booking = Booking(
            resource_id=line.id,
            provider_id=line.organization_id,
            organization_id=organization.id,
            person_id=actor.user_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            idempotency_key=f"demo-past-{days}",
            request_digest="",
            state=state,
            purpose="电沉积法回收铜的放大试验。",
            submitted_at=starts_at - 5 * DAY,
            confirmed_at=starts_at - 4 * DAY,
            started_at=starts_at if state is BookingState.COMPLETED else None,
            ended_at=starts_at + timedelta(hours=3),
            free_cancel_hours=72,
            late_fee_percent=30,
            is_demo=True,
        )
        session.add(booking)
        session.flush()
        event = "complete" if state is BookingState.COMPLETED else "no_show"
        session.add(
            BookingEvent(
                booking_id=booking.id, at=starts_at + timedelta(hours=3), event=event, state=state
            )
        )


def _qualifications(
    session: Session,
    own: Sequence[Resource],
    actor: Actor,
    organization: Organization,
    now: datetime,
) -> None:
    if actor.user_id is None:
        return
    guarded = [row for row in own if row.needs_qualification]
    for row, state in zip(
        guarded, (QualificationState.GRANTED, QualificationState.ASKED), strict=False
    ):
        granted = state is QualificationState.GRANTED
        session.add(
            Qualification(
                resource_id=row.id,
                person_id=actor.user_id,
                organization_id=organization.id,
                state=state,
                statement="五年同类设备操作经验，持有特种作业证。",
                valid_until=day_of(now) + 300 * DAY if granted else None,
                decided_at=now if granted else None,
            )
        )
