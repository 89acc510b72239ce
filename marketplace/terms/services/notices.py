"""Public price notices: posted, objected to, settled, over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes import rules as figures
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.models import Deal, DealStage
from marketplace.deals.queries.deals import get_deal
from marketplace.terms import permissions, settings
from marketplace.terms.models import (
    NoticeStatus,
    Objection,
    ObjectionStatus,
    PriceNotice,
)
from marketplace.terms.queries import offers, university
from marketplace.terms.rules import approval
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.services.notes import note
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Longest text of an objection or its settlement.
TEXT_LENGTH = 5_000


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """What the institution publishes of the deal."""

    name: str
    summary: str
    buyer: str
    price_note: str
    days: int
    inventors: str = ""
    also_at: str = ""
    is_related: bool = False
    related_note: str = ""


def post_notice(
    session: Session, *, actor: Actor, deal_id: UUID, text: NoticeText, now: datetime
) -> PriceNotice:
    """Publish name, summary, proposed buyer and price of an agreed deal; the clock starts.

    It runs for at least the days that the platform's figure asks for (Conversion Law 18 names
    none itself), counted from the next day on.
    """
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    require(permissions.may_price(actor, deal))
    agreed = offers.current_agreement(session, deal)
    if agreed is None or deal.stage is not DealStage.NOTICE:
        raise StepNotAllowed(N_("A price is published once both sides have agreed on terms."))
    least = figures.number(session, settings.PRICE_NOTICE_DAYS)
    if text.days < least:
        raise RuleBroken(
            N_("The notice runs for at least %(least)s days."), field="days", least=least
        )
    if text.is_related and not text.related_note.strip():
        raise RuleBroken(
            N_("Say how the buyer is related to the institution or its people."),
            field="related_note",
        )
    for name in ("name", "summary", "buyer", "price_note"):
        if not getattr(text, name).strip():
            raise RuleBroken(N_("A notice has to say this."), field=name)
    terms = from_json(agreed.content)
    notice = PriceNotice(
        deal_id=deal_id,
        agreed_id=agreed.id,
        organization_id=deal.licensor_id,
        name=text.name.strip(),
        summary=text.summary.strip(),
        buyer=text.buyer.strip(),
        price_minor=approval.worth_minor(terms),
        price_note=text.price_note.strip(),
        days=text.days,
        posted_on=beijing_day(now),
        posted_by=actor.user_id,
        currency=terms.currency,
        inventors=text.inventors.strip(),
        also_at=text.also_at.strip(),
        is_related=text.is_related,
        related_note=text.related_note.strip() if text.is_related else "",
        is_demo=deal.is_demo,
    )
    with judged(session):
        session.add(notice)
    note(
        session,
        actor=actor,
        deal=deal,
        action="price_notice.posted",
        object_id=notice.id,
        now=now,
        days=notice.days,
    )
    return notice


def raise_objection(
    session: Session, *, actor: Actor, notice_id: UUID, reasons: str, now: datetime
) -> Objection:
    """Object to a running notice with reasons: its clock stands still until it is settled."""
    notice = university.get_notice(session, notice_id, lock=True)
    if not _is_running(session, notice, beijing_day(now)):
        raise StepNotAllowed(N_("The time for objections is over."))
    require(permissions.may_object(actor, notice))
    assert actor.user_id is not None  # noqa: S101 — may_object has asked
    reasons = _required(reasons, "reasons", N_("Say what you object to, and why."))
    objection = Objection(
        notice_id=notice_id, raised_by=actor.user_id, raised_at=now, reasons=reasons
    )
    with judged(session):
        session.add(objection)
    _note_notice(session, actor, notice, action="objection.raised", object_id=objection.id, now=now)
    return objection


def settle_objection(
    session: Session,
    *,
    actor: Actor,
    notice_id: UUID,
    objection_id: UUID,
    upheld: bool,
    settlement: str,
    now: datetime,
) -> Objection:
    """Settle an objection with reasons; dismissed, the days run on; upheld, the notice ends.

    After an upheld objection the parties take the terms up again or end the deal.
    """
    notice = university.get_notice(session, notice_id, lock=True)
    objection = university.get_objection(session, notice_id, objection_id)
    require(permissions.may_settle(actor, notice, objection))
    if objection.status is not ObjectionStatus.RAISED:
        raise StepNotAllowed(N_("This objection is settled already."))
    objection.settlement = _required(
        settlement, "settlement", N_("Give the reasons of the settlement.")
    )
    objection.status = ObjectionStatus.UPHELD if upheld else ObjectionStatus.DISMISSED
    objection.settled_by, objection.settled_at = actor.user_id, now
    if upheld:
        _end(notice, NoticeStatus.UPHELD, objection.settlement, beijing_day(now))
    session.flush()
    _note_notice(
        session,
        actor,
        notice,
        action=f"objection.{objection.status.value}",
        object_id=objection.id,
        now=now,
    )
    return objection


def take_back(
    session: Session, *, actor: Actor, notice_id: UUID, reason: str, now: datetime
) -> PriceNotice:
    """End a running notice before its time, with a reason that readers see."""
    notice = university.get_notice(session, notice_id, lock=True)
    require(permissions.may_set_tiers(actor, notice.organization_id))
    if notice.status is not NoticeStatus.RUNNING:
        raise StepNotAllowed(N_("This notice has ended already."))
    reason = _required(reason, "reason", N_("Say why the notice is taken back."))
    _end(notice, NoticeStatus.TAKEN_BACK, reason, beijing_day(now))
    session.flush()
    _note_notice(
        session, actor, notice, action="price_notice.taken_back", object_id=notice.id, now=now
    )
    return notice


def close_running(session: Session, deal: Deal, *, actor: Actor | None, now: datetime) -> None:
    """Take back the notice of a deal whose terms are taken up again or that has lapsed."""
    notice = session.scalars(
        select(PriceNotice)
        .where(PriceNotice.deal_id == deal.id, PriceNotice.status == NoticeStatus.RUNNING)
        .with_for_update()
    ).one_or_none()
    if notice is None:
        return
    _end(
        notice,
        NoticeStatus.TAKEN_BACK,
        N_("The parties took the terms up again or ended the deal."),
        beijing_day(now),
    )
    session.flush()
    _note_notice(
        session, actor, notice, action="price_notice.taken_back", object_id=notice.id, now=now
    )


def finish_due(session: Session, *, now: datetime) -> int:
    """Mark the notices whose days have passed without open objection; give how many."""
    today = beijing_day(now)
    running = session.scalars(
        select(PriceNotice)
        .where(PriceNotice.status == NoticeStatus.RUNNING)
        .order_by(PriceNotice.id)
        .with_for_update()
    ).all()
    objections = university.list_objections(session, [notice.id for notice in running])
    over = [
        notice
        for notice in running
        if university.reading_of(notice, objections[notice.id], today=today).is_over
    ]
    for notice in over:
        _end(notice, NoticeStatus.PASSED, "", today)
        session.flush()
        _note_notice(
            session, None, notice, action="price_notice.passed", object_id=notice.id, now=now
        )
    return len(over)


def is_over(session: Session, notice: PriceNotice, *, today: date) -> bool:
    """Whether the notice has run its days and nothing is open against it."""
    if notice.status is NoticeStatus.PASSED:
        return True
    if notice.status is not NoticeStatus.RUNNING:
        return False
    objections = university.list_objections(session, [notice.id])[notice.id]
    return university.reading_of(notice, objections, today=today).is_over


def _is_running(session: Session, notice: PriceNotice, today: date) -> bool:
    return notice.status is NoticeStatus.RUNNING and not is_over(session, notice, today=today)


def _end(notice: PriceNotice, status: NoticeStatus, reason: str, today: date) -> None:
    notice.status, notice.end_reason, notice.ended_on = status, reason, today


def _required(text: str, field: str, message: str) -> str:
    text = text.strip()
    if not text:
        raise RuleBroken(message, field=field)
    if len(text) > TEXT_LENGTH:
        raise RuleBroken(
            N_("Shorten this to %(limit)s characters at most."), field=field, limit=TEXT_LENGTH
        )
    return text


def _note_notice(
    session: Session,
    actor: Actor | None,
    notice: PriceNotice,
    *,
    action: str,
    object_id: UUID,
    now: datetime,
) -> None:
    """Note a step of a notice; who objects may know nothing of the deal, so it isn't touched."""
    audit.record(
        session,
        actor=actor,
        action=action,
        kind=action.partition(".")[0],
        object_id=object_id,
        now=now,
        notice_id=notice.id,
        deal_id=notice.deal_id,
    )
    jobs.tell(
        session,
        action,
        id=str(object_id),
        notice_id=str(notice.id),
        deal_id=str(notice.deal_id),
        by=str(actor.user_id) if actor and actor.user_id else "",
    )
