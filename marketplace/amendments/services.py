"""Proposing a change of a signed contract, ending the proposal, and what both signatures do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketplace.amendments import content, permissions, queries, settings
from marketplace.amendments.clauses import Facts, build
from marketplace.amendments.models import Amendment, AmendmentState
from marketplace.codes import rules as figures_of
from marketplace.contracts import permissions as contract_permissions
from marketplace.contracts.clauses.facts import ROLES
from marketplace.contracts.queries import get_contract
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.deals.permissions import acting_role, is_manager
from marketplace.deals.queries.deals import get_deal, load_deal
from marketplace.papers import services as paper_services
from marketplace.papers.models import PaperKind
from marketplace.papers.rules import PartyInput, is_signed
from marketplace.performance.rules.changes import composed
from marketplace.performance.services import changes
from marketplace.performance.services.notes import person_of, require_text
from marketplace.terms.kinds import ContractKind
from marketplace.terms.value import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.papers.content import Content
    from marketplace.papers.models import Paper, PaperParty, Signature
    from marketplace.performance.rules.changes import Change, PlanRow, Standing

OBJECT_KIND = "amendment"
_S = AmendmentState
LIFECYCLE: Lifecycle[AmendmentState] = Lifecycle(
    {
        "conclude": ({_S.PROPOSED}, _S.IN_FORCE),
        "refuse": ({_S.PROPOSED}, _S.REFUSED),
        "withdraw": ({_S.PROPOSED}, _S.WITHDRAWN),
    }
)
NUMBER_LENGTH = 60


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What somebody wants changed: the coming plan, fields of the terms, clauses, and why."""

    rows: Sequence[PlanRow]
    grounds: str
    clauses: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def change_of(standing: Standing, proposal: Proposal) -> Change:
    """Give what a proposal amounts to."""
    return composed(standing, proposal.rows, clauses=proposal.clauses, **proposal.values)


def propose(
    session: Session, *, actor: Actor, deal_id: UUID, proposal: Proposal, now: datetime
) -> Amendment:
    """Propose a change and draw it up for both sides to sign; one at a time for each deal.

    RuleBroken names the field that can't be changed so; nothing of it moves money before both
    sides have signed.
    """
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    role = acting_role(actor, deal)
    require(role is not None)
    changes.require_changing(deal)
    if queries.find_open(session, deal.id) is not None:
        raise RuleBroken(
            N_("An amendment of this contract is proposed already: sign or end it first.")
        )
    contract = get_contract(session, deal.id)
    grounds = require_text(proposal.grounds, field="grounds")
    standing = changes.standing_of(session, deal)
    change = change_of(standing, proposal)
    changes.require_applicable(session, deal, change, now)
    amendment = Amendment(
        deal_id=deal.id,
        contract_id=contract.id,
        number=queries.next_number(session, deal.id),
        role=role,  # type: ignore[arg-type]  # judged above
        proposed_by=person_of(actor),
        proposed_at=now,
        before=to_json(standing.terms),
        content=content.to_json(change),
        amount_minor=change.terms.fixed_total_minor,
        grounds=grounds,
        is_demo=deal.is_demo,
    )
    with judged(session):
        session.add(amendment)
    facts = Facts(
        number=amendment.number,
        contract_number=contract.shown_number,
        signed_on=day_of(contract.signed_at or now),
        grounds=amendment.grounds,
    )
    text = build(facts, standing, change)
    paper = _draw_up(session, deal, amendment, text, actor=actor, now=now)
    amendment.paper_id = paper.id
    session.flush()
    _note(session, amendment, "amendment.proposed", actor, now, amount_minor=amendment.amount_minor)
    return amendment


def _draw_up(
    session: Session,
    deal: Deal,
    amendment: Amendment,
    text: Content,
    *,
    actor: Actor,
    now: datetime,
) -> Paper:
    roles = ROLES[ContractKind(amendment.before["contract_kind"])]
    return paper_services.draw_up(
        session,
        actor=actor,
        kind=PaperKind.AMENDMENT,
        object_kind=OBJECT_KIND,
        object_id=amendment.id,
        content=text,
        parties=[
            PartyInput(
                role=roles.party_a[0], role_en=roles.party_a[1], organization_id=deal.licensee_id
            ),
            PartyInput(
                role=roles.party_b[0], role_en=roles.party_b[1], organization_id=deal.licensor_id
            ),
        ],
        now=now,
        is_demo=deal.is_demo,
    )


def withdraw(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    amendment_id: UUID,
    now: datetime,
    reason: str = "",
) -> Amendment:
    """Take a proposal back, as whoever made it, before both sides have signed."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    amendment = queries.get_amendment(session, deal.id, amendment_id, lock=True)
    LIFECYCLE.next(amendment.state, "withdraw")
    require(permissions.may_withdraw(actor, deal, amendment))
    return _end(session, amendment, "withdraw", reason.strip(), actor, now)


def refuse(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    amendment_id: UUID,
    reason: str,
    now: datetime,
) -> Amendment:
    """Refuse a proposal with the reason, as a side that did not make it."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    amendment = queries.get_amendment(session, deal.id, amendment_id, lock=True)
    LIFECYCLE.next(amendment.state, "refuse")
    require(permissions.may_refuse(actor, deal, amendment))
    text = require_text(reason, field="reason")
    return _end(session, amendment, "refuse", text, actor, now)


def _end(  # noqa: PLR0917 — read as a sentence
    session: Session,
    amendment: Amendment,
    event: str,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> Amendment:
    amendment.state = LIFECYCLE.next(amendment.state, event)
    amendment.reason, amendment.ended_at = reason, now
    amendment.ended_by = actor.user_id if actor else None
    session.flush()
    if amendment.paper_id is not None:
        paper_services.withdraw(session, actor=actor, paper_id=amendment.paper_id, now=now)
    _note(session, amendment, "amendment.ended", actor, now, state=amendment.state.value)
    return amendment


def end_with_the_deal(session: Session, deal: Deal, actor: Actor | None, now: datetime) -> None:
    """Effect: a proposal ends with the contract that it would have changed."""
    amendment = queries.find_open(session, deal.id)
    if amendment is not None:
        _end(session, amendment, "withdraw", deal.lapse_note, actor, now)


def hold(session: Session, amendment_id: UUID) -> None:
    """Lock the deal before its amendment's paper, as every step of a deal does."""
    amendment = session.get_one(Amendment, amendment_id)
    load_deal(session, amendment.deal_id, lock=True)


def may_see(session: Session, actor: Actor, amendment_id: UUID) -> bool:
    """Whether a reader who is no party (the deal's manager) sees the amendment."""
    deal = load_deal(session, session.get_one(Amendment, amendment_id).deal_id)
    return is_manager(actor, deal) or actor.is_administrator


def may_sign(session: Session, actor: Actor, paper: Paper, _party: PaperParty) -> bool:
    """Whether the actor stands in the deal as a party; a manager signs for nobody."""
    deal = load_deal(session, session.get_one(Amendment, paper.object_id).deal_id)
    return contract_permissions.may_sign(actor, deal)


def signed(session: Session, paper: Paper, _signature: Signature, now: datetime) -> None:
    """Follow a signature: the change must still fit; the last one lets it take effect at once."""
    deal_id = session.get_one(Amendment, paper.object_id).deal_id
    amendment = queries.get_amendment(session, deal_id, paper.object_id, lock=True)
    LIFECYCLE.next(amendment.state, "conclude")
    deal = load_deal(session, deal_id)
    change = content.from_json(amendment.content)
    if not is_signed(paper):
        changes.require_applicable(session, deal, change, now)
        return
    changes.apply(session, deal, change, paper_id=paper.id, actor=None, now=now)
    today = day_of(now)
    amendment.state = LIFECYCLE.next(amendment.state, "conclude")
    amendment.ended_at, amendment.effective_on = now, today
    if queries.is_at_the_office(session, deal.id):
        days = figures_of.number(session, settings.RECORDING_DAYS)
        amendment.record_by = today + timedelta(days=days)
    session.flush()
    _note(session, amendment, "amendment.in_force", None, now)


def record(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    amendment_id: UUID,
    number: str,
    on: date,
    now: datetime,
) -> Amendment:
    """Note that the registration office recorded the change: its day and number."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    amendment = queries.get_amendment(session, deal.id, amendment_id, lock=True)
    require(permissions.may_record(actor, deal, amendment))
    number = number.strip()[:NUMBER_LENGTH]
    if not number:
        raise RuleBroken(N_("Give the number of the recording."), field="number")
    if amendment.effective_on and on < amendment.effective_on:
        raise RuleBroken(
            N_("This day lies before %(day)s."),
            field="recorded_on",
            day=amendment.effective_on.isoformat(),
        )
    if on > day_of(now):
        raise RuleBroken(N_("This day lies in the future."), field="recorded_on")
    amendment.recorded_on, amendment.recorded_number = on, number
    session.flush()
    _note(session, amendment, "amendment.recorded", actor, now, recorded=number)
    return amendment


def _note(
    session: Session,
    amendment: Amendment,
    topic: str,
    actor: Actor | None,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=topic,
        kind=OBJECT_KIND,
        object_id=amendment.id,
        now=now,
        deal=amendment.deal_id,
        number=amendment.number,
        **details,
    )
    by = str(actor.user_id) if actor and actor.user_id else None
    jobs.tell(session, topic, id=str(amendment.id), by=by)
