"""What a signed contract sets going: milestones out of its terms, commissions out of mandates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts.installments import installments
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.deals.guards import Obstacle
from marketplace.deals.models import DealRole
from marketplace.performance.models import (
    ENDED_MILESTONES,
    DealDisputeState,
    DisputeOutcome,
    Milestone,
    MilestoneState,
    Performance,
    StatementState,
)
from marketplace.performance.queries import figures, interest, plans
from marketplace.performance.rules.royalty import last_day
from marketplace.performance.rules.statements import STATEMENT
from marketplace.performance.services import commissions, interests, milestones, royalties
from marketplace.performance.services.notes import note
from marketplace.terms.value import Terms, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.contracts.models import Contract
    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal

#: Field of the terms from which real work comes; fees are done with their payment.
_WORK = "terms.milestones"
_ENDED_STATEMENTS = frozenset({StatementState.SETTLED, StatementState.CANCELLED})
_PARTIES = frozenset({DealRole.LICENSOR, DealRole.LICENSEE})
_MONEY = "performance.show"


def conclude(session: Session, deal: Deal, actor: Actor | None, now: datetime) -> None:
    """Effect ``contract_concluded``: plan the milestones and work the commissions out, once."""
    contract = plans.find_contract(session, deal.id)
    if contract is None or plans.find_performance(session, deal.id) is not None:
        return
    terms = plans.terms_of_contract(session, contract)
    if terms is not None:
        start(session, deal, contract, terms, actor=actor, now=now)


def start(
    session: Session,
    deal: Deal,
    contract: Contract,
    terms: Terms,
    *,
    actor: Actor | None,
    now: datetime,
) -> Performance:
    """Keep the terms as they were signed, with one milestone for each fixed payment."""
    today = day_of(now)
    starts_on = terms.starts_on or today
    performance = Performance(
        deal_id=deal.id,
        contract_id=contract.id,
        terms=to_json(terms),
        currency=terms.currency,
        signed_on=today,
        starts_on=starts_on,
        ends_on=last_day(starts_on, terms.term_months),
        is_demo=deal.is_demo,
    )
    session.add(performance)
    session.flush()
    session.add_all(
        Milestone(
            performance_id=performance.id,
            deal_id=deal.id,
            position=position,
            name=part.name[:300],
            name_en=part.name_en[:300],
            criterion=part.criterion,
            amount_minor=part.amount_minor,
            currency=terms.currency,
            due_on=part.due_on,
            needs_delivery=part.source == _WORK,
        )
        for position, part in enumerate(
            (one for one in installments(terms) if one.amount_minor), start=1
        )
    )
    session.flush()
    commissions.work_out(session, deal, contract, actor=actor, now=now)
    note(
        session,
        "performance.planned",
        kind="performance",
        object_id=performance.id,
        actor=actor,
        now=now,
    )
    return performance


def begin(session: Session, deal: Deal, actor: Actor | None, now: datetime) -> None:  # noqa: ARG001 — an effect's signature
    """Effect ``performance_started``: fees due with the contract are called for payment."""
    for milestone in plans.list_milestones(session, deal.id):
        is_due = not milestone.needs_delivery and milestone.due_on is None
        if is_due and milestone.state is MilestoneState.PLANNED:
            milestones.call_by_system(session, milestone, deal, now=now)


def end(session: Session, deal: Deal, actor: Actor | None, now: datetime) -> None:
    """Effect ``deal_terminated``: what is unpaid is dropped, what is paid stays for its steps."""
    reason = deal.lapse_note or "合同终止"
    for milestone in plans.list_milestones(session, deal.id):
        if milestone.state in {MilestoneState.PLANNED, MilestoneState.PAYABLE}:
            milestones.drop(session, milestone, deal, reason=reason, now=now)
    performance = plans.find_performance(session, deal.id, lock=True)
    if performance is None:
        return
    for statement in plans.list_statements(session, performance.id):
        if STATEMENT.allows(statement.state, "cancel"):
            royalties.drop(session, statement, deal, reason=reason, actor=actor, now=now)
    for claim in interest.list_open_claims(session, deal.id):
        interests.drop(session, claim, deal, reason=reason, actor=actor, now=now)
    # What was paid and not released goes its way now: accepted, or given back.
    performance.frozen_at = None


def planned(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — a guard's signature
    """Guard ``milestones_planned``: the contract's payments are planned."""
    if plans.find_performance(session, deal.id) is not None:
        return []
    return [
        Obstacle(
            message=N_("The payments of the contract are not planned yet."),
            who=_PARTIES,
            endpoint=_MONEY,
        )
    ]


def settled(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:
    """Guard ``everything_settled``: no milestone, statement or dispute is open."""
    found: list[Obstacle] = []
    performance = plans.find_performance(session, deal.id)
    if performance is None:
        return planned(session, deal, now)
    open_ones = [
        one for one in plans.list_milestones(session, deal.id) if one.state not in ENDED_MILESTONES
    ]
    if open_ones:
        found.append(
            Obstacle(
                message=N_(
                    "%(count)s milestones are not completed and released: “%(name)s” first."
                ),
                who=_PARTIES,
                endpoint=_MONEY,
                values={"count": len(open_ones), "name": open_ones[0].name},
            )
        )
    missing = royalties.missing_periods(session, performance, today=day_of(now))
    statements = [
        one
        for one in plans.list_statements(session, performance.id)
        if one.state not in _ENDED_STATEMENTS
    ]
    if statements or missing:
        found.append(
            Obstacle(
                message=N_("%(count)s royalty statements are not settled."),
                who=_PARTIES,
                endpoint=_MONEY,
                values={"count": len(statements) + len(missing)},
            )
        )
    found.extend(_leftovers(session, deal))
    if plans.find_open_dispute(session, deal.id) is not None:
        found.append(
            Obstacle(message=N_("A dispute about the deal is open."), who=_PARTIES, endpoint=_MONEY)
        )
    return found


def _leftovers(session: Session, deal: Deal) -> Iterator[Obstacle]:
    """Give what refunds and lateness left open: neither paid nor given up."""
    rows = plans.list_milestones(session, deal.id)
    standing = figures.standings(session, figures.MILESTONE, [one.id for one in rows])
    for one in rows:
        if one.state in ENDED_MILESTONES and standing[one.id].open_minor > 0:
            yield Obstacle(
                message=N_("A refund left a rest of “%(name)s” open: pay it or give it up."),
                who=_PARTIES,
                endpoint=_MONEY,
                values={"name": one.name},
            )
    claims = interest.list_open_claims(session, deal.id)
    if claims:
        yield Obstacle(
            message=N_("%(count)s claims of late interest are neither paid nor given up."),
            who=_PARTIES,
            endpoint=_MONEY,
            values={"count": len(claims)},
        )


def terminable(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — a guard's signature
    """Guard ``termination_recorded``: both sides, or a court, ended the contract."""
    for dispute in plans.list_disputes(session, deal.id):
        if dispute.state is DealDisputeState.RESOLVED:
            if dispute.outcome is DisputeOutcome.TERMINATE:
                return []
            break
    return [
        Obstacle(
            message=N_("Open a dispute and settle it with termination, with reason and outcome."),
            who=_PARTIES,
            endpoint=_MONEY,
        )
    ]


GUARDS = {
    "milestones_planned": planned,
    "everything_settled": settled,
    "termination_recorded": terminable,
}
EFFECTS = {
    "contract_concluded": conclude,
    "performance_started": begin,
    "deal_terminated": end,
}
