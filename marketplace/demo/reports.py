"""A paid use of a demo line with its record, its signed report, the proven level, and ratings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.queries import actor_of
from marketplace.bookings.models import Booking, BookingEvent, BookingState
from marketplace.bookings.services import paying
from marketplace.bookings.times import DAY, at, day_of
from marketplace.papers import services as papers
from marketplace.payments.services import slips
from marketplace.reports.models import ReadinessProof
from marketplace.reports.services import proofs, ratings, reports, uses
from marketplace.reports.services.reports import ReportInput
from marketplace.reports.services.uses import UseInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource
    from marketplace.core.actor import Actor
    from marketplace.listings.models import Listing
    from marketplace.organizations.models import Organization

#: The result whose level the report proves, and the lines on which things were tried.
LISTING, LINE, OTHER_LINE = "D-001", "蚀刻液再生线", "Φ1 m × 12 m 回转窑线"
PRICE_MINOR = 960_000
_ROWS = (
    ("铜回收率", "%", "≥ 98", "99.1"),
    ("药液回用率", "%", "≥ 95", "96.3"),
    ("阴极铜纯度", "%", "≥ 99.9", "99.95"),
    ("处理成本", "元/t", "≤ 900", "812"),
)


@dataclass(frozen=True)
class _Side:
    """A person with what it may do."""

    name: str
    actor: Actor


def load(
    session: Session,
    *,
    organizations: Mapping[str, Organization],
    listings: Sequence[Listing],
    resources: Sequence[Resource],
    now: datetime,
) -> int:
    """Let a university prove its level on a pilot line, and a firm use a kiln; give the reports."""
    lines = {one.name: one for one in resources}
    listing = next(one for one in listings if one.external_id == LISTING)
    line, kiln = lines[LINE], lines[OTHER_LINE]
    user = _side(session, "university", now)
    operator = _side(session, "operator", now)
    whut, steel = organizations["whut"], organizations["steel"]
    began = at(day_of(now - 9 * DAY), 9 * 60)
    booking = _paid(session, line, whut, user, operator, listing.id, began)
    _used(session, booking, user, operator, began)
    proven = listing.trl
    listing.trl = proven - 1 if proven else None
    _reported(session, booking, (operator, user), proven, began + 2 * DAY)
    reviewer = _side(session, "reviewer", now)
    waiting = session.scalars(
        select(ReadinessProof).where(ReadinessProof.listing_id == listing.id)
    ).one()
    proofs.accept_proof(session, actor=reviewer.actor, proof_id=waiting.id, now=began + 4 * DAY)
    _rate(
        session,
        booking,
        user,
        5,
        "工程师全程陪同，过程记录完整，报告三天就出来了。",
        began + 4 * DAY,
    )
    firm = _side(session, "enterprise", now)
    other = _booking(session, kiln, steel, firm, None, began - 6 * DAY)
    other.state, other.price_minor = BookingState.COMPLETED, 0
    other.deadline_at, other.ended_at = None, other.ends_at
    session.flush()
    _line(session, other, "complete", other.ends_at)
    _rate(session, other, firm, 4, "窑温控制平稳；粉磨工位排队稍久。", other.ends_at + DAY)
    return 1


def _side(session: Session, account: str, now: datetime) -> _Side:
    email = f"{account}@hanqiao.example"
    user = session.scalars(select(User).where(User.email == email)).one()
    return _Side(user.name, actor_of(session, user, at=now))


def _booking(  # noqa: PLR0917 — a booking's parts in their order
    session: Session,
    line: Resource,
    organization: Organization,
    side: _Side,
    listing_id: UUID | None,
    began: datetime,
) -> Booking:
    """Add an approved booking that waits for its payment."""
    if side.actor.user_id is None:
        raise LookupError(side.name)
    booking = Booking(
        resource_id=line.id,
        provider_id=line.organization_id,
        organization_id=organization.id,
        person_id=side.actor.user_id,
        listing_id=listing_id,
        starts_at=began,
        ends_at=began + timedelta(hours=6),
        idempotency_key=f"demo-{line.id.hex}",
        request_digest="",
        state=BookingState.AWAITING_PAYMENT,
        purpose="碱性蚀刻废液 500 L 连续再生验证，考核铜回收率与药液回用率。"
        if listing_id
        else "赤泥配料低温烧成试验，三种配比各一炉。",
        project_account="HQ-2026-018",
        price_minor=PRICE_MINOR,
        submitted_at=began - 6 * DAY,
        deadline_at=began - 4 * DAY,
        free_cancel_hours=72,
        late_fee_percent=30,
        is_demo=True,
    )
    session.add(booking)
    session.flush()
    _line(session, booking, "request", began - 6 * DAY)
    _line(session, booking, "approve", began - 5 * DAY)
    return booking


def _line(session: Session, booking: Booking, event: str, moment: datetime) -> None:
    session.add(BookingEvent(booking_id=booking.id, at=moment, event=event, state=booking.state))


def _paid(  # noqa: PLR0917 — a booking's parts in their order
    session: Session,
    line: Resource,
    organization: Organization,
    user: _Side,
    operator: _Side,
    listing_id: UUID,
    began: datetime,
) -> Booking:
    """Add a booking that was paid by bank transfer, as universities do."""
    booking = _booking(session, line, organization, user, listing_id, began)
    payment = paying.ask_for_payment(
        session, actor=operator.actor, booking=booking, resource=line, now=began - 5 * DAY
    )
    if payment is None:
        return booking
    paid_at = began - 4 * DAY
    slip = slips.record_transfer(
        session,
        actor=user.actor,
        payment_id=payment.id,
        amount_minor=payment.amount_minor,
        paid_on=day_of(paid_at),
        bank_reference="DEMO-2026-118",
        now=paid_at,
    )
    slips.confirm_transfer(
        session, actor=operator.actor, payment_id=payment.id, slip_id=slip.id, now=began - 3 * DAY
    )
    return booking


def _used(
    session: Session, booking: Booking, user: _Side, operator: _Side, began: datetime
) -> None:
    ended = began + timedelta(hours=6)
    uses.record_use(
        session,
        actor=operator.actor,
        booking_id=booking.id,
        given=UseInput(
            started_at=began,
            ended_at=ended,
            samples=3,
            consumables=(
                {"name": "萃取剂", "amount": "18", "unit": "L"},
                {"name": "去离子水", "amount": "1.2", "unit": "t"},
            ),
            note="三批连续运行，设备无停机。",
        ),
        now=ended,
    )
    uses.confirm_use(session, actor=user.actor, booking_id=booking.id, now=ended + DAY)


def _reported(
    session: Session,
    booking: Booking,
    signers: Sequence[_Side],
    level: int | None,
    moment: datetime,
) -> None:
    """Write the report, issue it and let both sides sign it, the operator first."""
    operator = signers[0]
    report = reports.begin_report(session, actor=operator.actor, booking_id=booking.id, now=moment)
    reports.save_report(
        session,
        actor=operator.actor,
        report_id=report.id,
        given=ReportInput(
            title="碱性蚀刻废液在线再生中试报告",
            object_tested="楚天电路提供的碱性蚀刻废液 500 L，铜含量 128 g/L，批号 D-2611",
            method="GB/T 5121.1 测铜；电感耦合等离子体质谱测杂质；每批取样 3 次取平均",
            conditions="室温 23 ℃，膜电解 420 A/m²，连续运行 6 h",
            rows=[
                {"name": name, "unit": unit, "target": target, "measured": measured}
                for name, unit, target, measured in _ROWS
            ],
            summary="三批平均铜回收率 99.1%，再生药液蚀刻速率与新药液一致，通过中试验证。",
            level=level,
            version=report.version,
        ),
        now=moment,
    )
    _, paper = reports.issue_report(session, actor=operator.actor, report_id=report.id, now=moment)
    for party, side in zip(paper.parties, signers, strict=True):
        papers.sign(
            session,
            actor=side.actor,
            paper_id=paper.id,
            party_id=party.id,
            name=side.name,
            sha256=paper.sha256,
            now=moment + DAY,
        )


def _rate(  # noqa: PLR0917 — a rating's parts in their order
    session: Session, booking: Booking, side: _Side, stars: int, text: str, moment: datetime
) -> None:
    ratings.rate(
        session, actor=side.actor, booking_id=booking.id, stars=stars, text=text, now=moment
    )
