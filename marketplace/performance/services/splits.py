"""The transfer office shares an income out: policy, draft, costs, consent, notice, books."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import find_user_by_email, plain_email
from marketplace.codes import rules as figures_of
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.queries.deals import get_deal
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.organizations.models import Organization
from marketplace.payments.rules import shown
from marketplace.performance import permissions, settings
from marketplace.performance.models import (
    DirectCost,
    IncomeSplit,
    Pool,
    SplitPolicy,
    SplitShare,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.queries import splits as queries
from marketplace.performance.rules.split import Outcome, Rates, divide, require_rates
from marketplace.performance.rules.statements import SPLIT
from marketplace.performance.services.notes import note, person_of, require_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.files.store import Upload

FILE_KIND = "income_split"
#: Far above any team.
MOST_PEOPLE = 100
MOST_WEIGHT = 10**9


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """Somebody who gets a part of a pool; the weight counts among those of the same pool."""

    pool: Pool
    name: str
    weight: int
    email: str = ""


@dataclass(frozen=True, kw_only=True)
class SplitDraft:
    """What the office fills in."""

    gross_minor: int
    rates: Rates
    people: Sequence[PersonLine]
    college: str = ""
    note: str = ""


def set_policy(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    rates: Rates,
    source: str,
    now: datetime,
) -> SplitPolicy:
    """Set an institution's policy; what was set before is kept."""
    organization = session.get(Organization, organization_id)
    if organization is None or not permissions.may_read_income(actor, organization_id):
        raise NotFound
    require(permissions.is_office(actor, organization_id))
    require_rates(rates, floor_bp=figures_of.number(session, settings.INVENTOR_FLOOR_BP))
    row = SplitPolicy(
        organization_id=organization_id,
        inventors_bp=rates.inventors_bp,
        staff_bp=rates.staff_bp,
        college_bp=rates.college_bp,
        university_bp=rates.university_bp,
        source=require_text(source, field="source")[:300],
        adopted_at=now,
        adopted_by=person_of(actor),
    )
    session.add(row)
    session.flush()
    note(
        session,
        "split.policy_set",
        kind="split_policy",
        object_id=row.id,
        actor=actor,
        now=now,
        organization=organization_id,
    )
    return row


def deal_of(session: Session, deal_id: UUID, *, actor: Actor) -> Deal:
    """Give the deal to the supplier's office alone: to others its splits don't exist."""
    deal = get_deal(session, deal_id, actor=actor)
    if not permissions.may_split(actor, deal):
        raise NotFound
    return deal


def locked(
    session: Session, deal_id: UUID, split_id: UUID, *, actor: Actor
) -> tuple[Deal, IncomeSplit]:
    """Lock a split for the supplier's office, or raise NotFound."""
    deal = deal_of(session, deal_id, actor=actor)
    return deal, queries.get_split(session, deal, split_id, lock=True)


def draft_split(
    session: Session, *, actor: Actor, deal_id: UUID, draft: SplitDraft, now: datetime
) -> IncomeSplit:
    """Begin to share out income of a deal; RuleBroken for more than it has earned."""
    deal = deal_of(session, deal_id, actor=actor)
    performance = plans.get_performance(session, deal.id, lock=True)
    number = session.scalar(
        select(func.coalesce(func.max(IncomeSplit.number), 0)).where(IncomeSplit.deal_id == deal.id)
    )
    split = IncomeSplit(
        deal_id=deal.id,
        organization_id=deal.licensor_id,
        number=int(number or 0) + 1,
        gross_minor=draft.gross_minor,
        inventors_bp=draft.rates.inventors_bp,
        staff_bp=draft.rates.staff_bp,
        college_bp=draft.rates.college_bp,
        university_bp=draft.rates.university_bp,
        prepared_by=person_of(actor),
        currency=performance.currency,
        is_demo=deal.is_demo,
    )
    _require_draft(session, deal, draft, besides=None)
    with judged(session):
        session.add(split)
    _fill(session, split, draft)
    note_split(session, split, "split.drafted", actor, now)
    return split


def edit_split(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    split_id: UUID,
    draft: SplitDraft,
    now: datetime,
) -> IncomeSplit:
    """Change a split that is still a draft."""
    deal, split = locked(session, deal_id, split_id, actor=actor)
    SPLIT.next(split.state, "ask")
    _require_draft(session, deal, draft, besides=split.id)
    _fill(session, split, draft)
    note_split(session, split, "split.edited", actor, now)
    return split


def _require_draft(
    session: Session, deal: Deal, draft: SplitDraft, *, besides: UUID | None
) -> None:
    require_rates(draft.rates, floor_bp=figures_of.number(session, settings.INVENTOR_FLOOR_BP))
    left = figures.to_share(session, deal.id, besides=besides)
    if not 0 < draft.gross_minor <= left:
        raise RuleBroken(
            N_("Share out an amount above 0 and at most what was earned and is left: %(amount)s."),
            field="gross",
            amount=shown(max(0, left)),
        )
    if not draft.people or len(draft.people) > MOST_PEOPLE:
        raise RuleBroken(N_("Name at least one inventor."), field="people")
    for person in draft.people:
        if not person.name.strip() or not 0 < person.weight <= MOST_WEIGHT:
            raise RuleBroken(N_("Give each person a name and a share above 0."), field="people")


def _fill(session: Session, split: IncomeSplit, draft: SplitDraft) -> None:
    split.gross_minor = draft.gross_minor
    (split.inventors_bp, split.staff_bp, split.college_bp, split.university_bp) = draft.rates
    split.college, split.note = draft.college.strip()[:120], draft.note.strip()
    for old in queries.list_shares(session, split.id):
        session.delete(old)
    session.flush()
    for position, person in enumerate(draft.people, start=1):
        email = plain_email(person.email)
        session.add(
            SplitShare(
                split_id=split.id,
                pool=person.pool,
                position=position,
                name=person.name.strip()[:80],
                weight=person.weight,
                email=email,
                person_id=_account(session, split.organization_id, person.name.strip(), email),
            )
        )
    session.flush()
    reckon(session, split)


def _account(session: Session, organization_id: UUID, name: str, email: str) -> UUID | None:
    """Find a person's account by e-mail, else by a name that one member alone carries."""
    if email:
        found = find_user_by_email(session, email)
        return found.id if found and found.email_confirmed_at else None
    ids = set(
        session.scalars(
            select(User.id)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organization_id == organization_id,
                Membership.ended_at.is_(None),
                User.name == name,
                User.closed_at.is_(None),
            )
        )
    )
    return ids.pop() if len(ids) == 1 else None


def outcome_of(session: Session, split: IncomeSplit) -> Outcome:
    """Work a split out: costs, pools, people; it adds up to the gross income."""
    people = queries.list_shares(session, split.id)
    return divide(
        split.gross_minor,
        queries.cost_of(session, split.id),
        queries.rates_of(split),
        inventors=[one.weight for one in people if one.pool is Pool.INVENTOR],
        staff=[one.weight for one in people if one.pool is Pool.STAFF],
    )


def reckon(session: Session, split: IncomeSplit) -> Outcome:
    """Work a split out and write each person's amount down."""
    outcome = outcome_of(session, split)
    people = queries.list_shares(session, split.id)
    for pool, amounts in ((Pool.INVENTOR, outcome.inventors), (Pool.STAFF, outcome.staff)):
        members = [one for one in people if one.pool is pool]
        for one, amount in zip(members, amounts or [0] * len(members), strict=True):
            one.amount_minor = amount
    session.flush()
    return outcome


def add_cost(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    split_id: UUID,
    amount_minor: int,
    text: str,
    now: datetime,
    upload: Upload | None = None,
) -> DirectCost:
    """Enter a direct cost with what it was for and perhaps its proof."""
    _, split = locked(session, deal_id, split_id, actor=actor)
    SPLIT.next(split.state, "ask")
    if amount_minor <= 0:
        raise RuleBroken(N_("Give an amount above 0."), field="amount")
    if amount_minor + queries.cost_of(session, split.id) > split.gross_minor:
        raise RuleBroken(N_("The direct costs exceed the income."), field="amount")
    cost = DirectCost(
        split_id=split.id,
        amount_minor=amount_minor,
        note=require_text(text, field="text")[:300],
        entered_at=now,
        entered_by=person_of(actor),
    )
    session.add(cost)
    session.flush()
    reckon(session, split)
    if upload is not None:
        cost.attachment_id = hang(session, actor, split, upload, purpose="cost", now=now)
    session.flush()
    note_split(session, split, "split.cost_entered", actor, now, amount_minor=amount_minor)
    return cost


def remove_cost(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    split_id: UUID,
    cost_id: UUID,
    now: datetime,
) -> None:
    """Take a direct cost out of a draft."""
    _, split = locked(session, deal_id, split_id, actor=actor)
    SPLIT.next(split.state, "ask")
    cost = session.get(DirectCost, cost_id)
    if cost is None or cost.split_id != split.id:
        raise NotFound
    amount = cost.amount_minor
    session.delete(cost)
    session.flush()
    reckon(session, split)
    note_split(session, split, "split.cost_removed", actor, now, amount_minor=amount)


def hang(
    session: Session,
    actor: Actor,
    split: IncomeSplit,
    upload: Upload,
    *,
    purpose: str,
    now: datetime,
) -> UUID:
    """Hang a file on a split and give its id."""
    return attach(
        session,
        actor,
        object_kind=FILE_KIND,
        object_id=split.id,
        organization_id=split.organization_id,
        upload=upload,
        visibility=Visibility.SIGNED_IN,
        now=now,
        purpose=purpose,
    ).id


def note_split(
    session: Session,
    split: IncomeSplit,
    topic: str,
    actor: Actor | None,
    now: datetime,
    **details: object,
) -> None:
    """Note a change of a split."""
    note(session, topic, kind=FILE_KIND, object_id=split.id, actor=actor, now=now, **details)
