"""How an institution's price came about: method, tiers, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import delete

from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.queries.deals import get_deal
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.organizations.models import Organization
from marketplace.terms import permissions
from marketplace.terms.models import (
    ApprovalDecision,
    ApprovalTier,
    Decision,
    Pricing,
    PricingMethod,
)
from marketplace.terms.queries import offers, university
from marketplace.terms.queries.diligence import ATTACHED_TO, VALUATION
from marketplace.terms.rules import approval
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.services.notes import note
from marketplace.terms.value import from_json
from marketplace.terms.wording import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.files.models import Attachment
    from marketplace.files.store import Upload
    from marketplace.terms.models import AgreedTerms
    from marketplace.terms.rules.approval import Tier

MINUTES = "minutes"


@dataclass(frozen=True, kw_only=True)
class PricingRecord:
    """What an officer records of the way to the price."""

    method: PricingMethod
    amount_minor: int | None = None
    house: str = ""
    permit: str = ""
    held_on: date | None = None
    result: str = ""
    appraiser: str = ""
    appraised_minor: int | None = None
    appraised_on: date | None = None
    basis: str = ""


@dataclass(frozen=True, kw_only=True)
class DecisionRecord:
    """What an officer records of a body's decision."""

    decision: Decision
    body: str
    subject: str
    decided_on: date
    participants: str = ""
    note: str = ""


def set_tiers(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    tiers: Sequence[Tier],
    now: datetime,
) -> None:
    """Replace an institution's approval tiers; the audit trail keeps what they were."""
    organization = session.get(Organization, organization_id)
    if organization is None or not actor.is_member(organization_id):
        raise NotFound
    require(permissions.may_set_tiers(actor, organization_id))
    for fault in approval.faults(tiers):
        raise fault.as_error()
    before = university.list_tiers(session, organization_id)
    session.execute(delete(ApprovalTier).where(ApprovalTier.organization_id == organization_id))
    with judged(session):
        session.add_all(
            ApprovalTier(
                organization_id=organization_id,
                from_minor=tier.from_minor,
                is_above=tier.is_above,
                body=tier.body.strip(),
            )
            for tier in tiers
        )
    audit.record(
        session,
        actor=actor,
        action="approval_tiers.set",
        kind="organization",
        object_id=organization_id,
        now=now,
        before=[[tier.from_minor, tier.is_above, tier.body] for tier in before],
        after=[[tier.from_minor, tier.is_above, tier.body] for tier in tiers],
    )


def record_pricing(
    session: Session, *, actor: Actor, deal_id: UUID, record: PricingRecord, now: datetime
) -> Pricing:
    """Record the pricing method; an auction is only recorded with its licensed house.

    The amount that decides on the tier is never below what the agreed terms fix.
    """
    deal = _to_price(session, actor, deal_id)
    today = beijing_day(now)
    _require_record(record, today)
    agreed = offers.agreed_terms(session, deal)
    least = approval.worth_minor(agreed) if agreed else 0
    amount = record.amount_minor if record.amount_minor is not None else least
    if amount < least:
        raise RuleBroken(
            N_("The amount lies below what the agreed terms fix: name at least that."),
            field="amount_minor",
        )
    values = {name: getattr(record, name) for name in PricingRecord.__dataclass_fields__}
    values["amount_minor"] = amount
    pricing = university.find_pricing(session, deal_id)
    if pricing is None:
        pricing = Pricing(deal_id=deal_id, recorded_by=_person(actor), recorded_at=now, **values)
        session.add(pricing)
    else:
        for name, value in values.items():
            setattr(pricing, name, value)
        pricing.recorded_by, pricing.recorded_at = _person(actor), now
    with judged(session):
        pass
    note(
        session,
        actor=actor,
        deal=deal,
        action="pricing.recorded",
        object_id=pricing.id,
        now=now,
        tell=False,
        method=record.method.value,
        amount_minor=amount,
    )
    return pricing


def _require_record(record: PricingRecord, today: date) -> None:
    """Raise RuleBroken at the first gap of a pricing record."""
    handed_on = record.method is not PricingMethod.AGREEMENT
    if handed_on and not record.house.strip():
        raise RuleBroken(N_("Name the market or the licensed auction house."), field="house")
    if record.method is PricingMethod.AUCTION and not record.permit.strip():
        raise RuleBroken(
            N_("An auction is held by a house with a permit (Auction Law 11): give its number."),
            field="permit",
        )
    if record.result.strip() and handed_on and record.held_on is None:
        raise RuleBroken(N_("Give the day on which the result was reached."), field="held_on")
    for name in ("held_on", "appraised_on"):
        day = getattr(record, name)
        if day is not None and day > today:
            raise RuleBroken(N_("This day lies in the future."), field=name)
    if record.appraised_minor is not None and not record.appraiser.strip():
        raise RuleBroken(N_("Name who appraised it."), field="appraiser")


def record_decision(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    record: DecisionRecord,
    minutes: Upload | None = None,
    now: datetime,
) -> ApprovalDecision:
    """Record who decided on what and when, with the minutes; decisions are never changed."""
    deal = _to_price(session, actor, deal_id)
    agreed = offers.current_agreement(session, deal)
    if agreed is None:
        raise RuleBroken(N_("There are no agreed terms yet that could be decided on."))
    if record.decided_on > beijing_day(now):
        raise RuleBroken(N_("This day lies in the future."), field="decided_on")
    for name in ("body", "subject"):
        if not getattr(record, name).strip():
            raise RuleBroken(N_("Say who decided on what."), field=name)
    file = _attach(session, actor, deal, minutes, purpose=MINUTES, now=now) if minutes else None
    decision = ApprovalDecision(
        deal_id=deal_id,
        agreed_id=agreed.id,
        body=record.body.strip(),
        subject=record.subject.strip(),
        decision=record.decision,
        amount_minor=amount_to_decide(session, deal, agreed),
        decided_on=record.decided_on,
        recorded_by=_person(actor),
        recorded_at=now,
        participants=record.participants.strip(),
        note=record.note.strip(),
        minutes_id=file.id if file else None,
    )
    with judged(session):
        session.add(decision)
    note(
        session,
        actor=actor,
        deal=deal,
        action="approval.recorded",
        object_id=decision.id,
        now=now,
        body=decision.body,
        decision=decision.decision.value,
    )
    return decision


def amount_to_decide(session: Session, deal: Deal, agreed: AgreedTerms) -> int:
    """Give the amount that picks the tier: the recorded one, and never below the agreed terms."""
    least = approval.worth_minor(from_json(agreed.content))
    pricing = university.find_pricing(session, deal.id)
    return max(least, pricing.amount_minor) if pricing else least


def attach_valuation(
    session: Session, *, actor: Actor, deal_id: UUID, upload: Upload, now: datetime
) -> Attachment:
    """Keep a valuation report with the deal's terms, for the institution alone."""
    deal = _to_price(session, actor, deal_id)
    return _attach(session, actor, deal, upload, purpose=VALUATION, now=now)


def _attach(
    session: Session, actor: Actor, deal: Deal, upload: Upload, *, purpose: str, now: datetime
) -> Attachment:
    return attach(
        session,
        actor,
        object_kind=ATTACHED_TO,
        object_id=deal.id,
        organization_id=deal.licensor_id,
        upload=upload,
        visibility=Visibility.INTERNAL,
        purpose=purpose,
        now=now,
    )


def _to_price(session: Session, actor: Actor, deal_id: UUID) -> Deal:
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    require(permissions.may_price(actor, deal))
    return deal


def _person(actor: Actor) -> UUID:
    assert actor.user_id is not None  # noqa: S101 — visitors act in no deal
    return actor.user_id


#: Parts of the terms that make up the price, with their labels.
PRICE_PARTS = tuple(
    (name, LABELS[name])
    for name in (
        "upfront_fee_minor",
        "entry_fee_minor",
        "milestones",
        "royalty_base",
        "royalty_steps",
        "minimum_annual_royalty_minor",
        "equity_bp",
        "valuation_minor",
        "payment_note",
    )
)


def typed(minor: int | None) -> Decimal | None:
    """Give an amount as it is typed into a form."""
    return Decimal(minor) / 100 if minor else None
