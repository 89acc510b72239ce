"""Demo contracts: signed papers of the demo deals, in several states of their registration."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import actor_of
from marketplace.contracts import queries, rules
from marketplace.contracts.models import Registration, RegistrationStatus
from marketplace.contracts.services.drawing import assemble, facts_of
from marketplace.deals.models import Deal, DealStage, DealStageEntry
from marketplace.papers.models import Signature
from marketplace.papers.permissions import SIGNERS
from marketplace.papers.typesetting.sheet import BEIJING
from marketplace.terms.queries.offers import current_agreement

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.contracts.models import Contract
    from marketplace.core.actor import Actor
    from marketplace.papers.models import Paper
    from marketplace.terms.models import AgreedTerms

#: Days between drawing up and the second signature.
SIGNING_DAYS = 2
_SIGNED = (DealStage.SIGNED, DealStage.PERFORMING, DealStage.CLOSED)


def load(session: Session, *, now: datetime) -> int:
    """Give the demo deals that were signed their contracts; give how many were made."""
    deals = session.scalars(
        select(Deal).where(Deal.is_demo, Deal.stage.in_(_SIGNED)).order_by(Deal.opened_at, Deal.id)
    ).all()
    made = 0
    for deal in deals:
        agreement = current_agreement(session, deal)
        if agreement is None:
            continue
        contract = _signed(session, deal, agreement, _entered(session, deal)[DealStage.SIGNED])
        _registered(session, deal, contract, now)
        made += 1
    session.flush()
    return made


def _entered(session: Session, deal: Deal) -> dict[DealStage, datetime]:
    rows = session.scalars(
        select(DealStageEntry)
        .where(DealStageEntry.deal_id == deal.id)
        .order_by(DealStageEntry.position)
    )
    return {row.stage: row.entered_at for row in rows}


def _signer(session: Session, organization_id: UUID, at: datetime) -> Actor:
    """Give the actor who binds an organization."""
    user = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id, Membership.role.in_(SIGNERS))
        .order_by(User.email)
        .limit(1)
    ).one()
    return actor_of(session, user, at=at)


def _signed(session: Session, deal: Deal, agreement: AgreedTerms, signed_at: datetime) -> Contract:
    drawn_at = signed_at - timedelta(days=SIGNING_DAYS)
    supplier = _signer(session, deal.licensor_id, drawn_at)
    paper = assemble(session, deal, agreement, actor=supplier, now=drawn_at)
    _sign(session, paper, signed_at)
    contract = queries.get_contract(session, deal.id)
    contract.signed_at = signed_at
    facts = facts_of(session, deal, contract.shown_number)
    if rules.needs_recording(contract.kind, has_patent=facts.has_patent):
        contract.recording_due_on = rules.months_later(signed_at.astimezone(BEIJING).date(), 3)
    session.flush()
    return contract


def _sign(session: Session, paper: Paper, signed_at: datetime) -> None:
    for number, party in enumerate(paper.parties):
        if party.organization_id is None:
            continue
        person = _signer(session, party.organization_id, signed_at)
        session.add(
            Signature(
                paper_id=paper.id,
                party_id=party.id,
                person_id=person.user_id,  # type: ignore[arg-type]
                name=person.name,
                at=signed_at - timedelta(days=1 - number, hours=1 - number),
                sha256=paper.sha256,
            )
        )
    paper.signed_at = signed_at
    session.flush()


def _registered(session: Session, deal: Deal, contract: Contract, now: datetime) -> None:
    """The newest contract waits at the start, the running one is at the office, the old is done."""
    if deal.stage is DealStage.SIGNED or contract.signed_at is None:
        return
    supplier = _signer(session, deal.licensor_id, now)
    signed_on = contract.signed_at.astimezone(BEIJING).date()
    closed = deal.stage is DealStage.CLOSED
    session.add(
        Registration(
            contract_id=contract.id,
            prepared_at=contract.signed_at + timedelta(days=1),
            prepared_by=supplier.user_id,  # type: ignore[arg-type]
            office="武汉市技术合同认定登记点（演示）",
            technology_minor=contract.amount_minor,
            checked=_points(contract),
            status=RegistrationStatus.REGISTERED if closed else RegistrationStatus.FILED,
            filed_on=signed_on + timedelta(days=1),
            answer_due_on=None if closed else signed_on + timedelta(days=31),
            number=f"演示{signed_on:%Y}4201{contract.number:06d}" if closed else "",
            registered_on=signed_on + timedelta(days=9) if closed else None,
        )
    )


def _points(contract: Contract) -> list[str]:
    points = rules.checklist(contract.kind, has_patent=True, is_export=False)
    return [point.value for point in points]
