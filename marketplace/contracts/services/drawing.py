"""From agreed terms to a paper that both sides sign, and on to a signed deal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes import rules as figures
from marketplace.contracts import permissions, queries
from marketplace.contracts.clauses.builder import build
from marketplace.contracts.clauses.facts import ROLES, Facts, Right
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import months_later, needs_recording
from marketplace.contracts.settings import RECORDING_MONTHS
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.guards import Obstacle, obstacles
from marketplace.deals.models import DealRole
from marketplace.deals.permissions import is_manager
from marketplace.deals.queries.deals import get_deal, load_deal
from marketplace.deals.rules import BY_EVENT, Obstructed
from marketplace.deals.services.stages import advance_by_system
from marketplace.listings.models import IpRight, IpRightKind
from marketplace.organizations.models import Organization, OrganizationKind
from marketplace.papers import queries as papers
from marketplace.papers import services as paper_services
from marketplace.papers.models import PaperKind
from marketplace.papers.rules import PartyInput, is_signed
from marketplace.papers.typesetting.sheet import BEIJING
from marketplace.terms.queries.offers import current_agreement
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.papers.content import Content
    from marketplace.papers.models import Paper, PaperParty, Signature
    from marketplace.terms.models import AgreedTerms
    from marketplace.terms.value import Terms

OBJECT_KIND = "deal"
NO_TERMS = N_("No terms are agreed yet. The contract is assembled from agreed terms.")
_RIGHTS: dict[IpRightKind, tuple[str, str]] = {
    IpRightKind.INVENTION_PATENT: ("发明专利", "Invention patent"),
    IpRightKind.UTILITY_MODEL: ("实用新型专利", "Utility model"),
    IpRightKind.DESIGN: ("外观设计专利", "Design patent"),
    IpRightKind.SOFTWARE: ("计算机软件著作权", "Software copyright"),
    IpRightKind.PLANT_VARIETY: ("植物新品种权", "Plant variety right"),
    IpRightKind.LAYOUT_DESIGN: ("集成电路布图设计专有权", "Layout design right"),
    IpRightKind.KNOW_HOW: ("技术秘密", "Know-how"),
}
_PATENTS = frozenset({IpRightKind.INVENTION_PATENT, IpRightKind.UTILITY_MODEL, IpRightKind.DESIGN})
_PUBLIC = frozenset({OrganizationKind.UNIVERSITY, OrganizationKind.INSTITUTE})
#: Guard that the paper itself fulfills.
_OWN_GUARD = "contract_signed"


def facts_of(session: Session, deal: Deal, number: str) -> Facts:
    """Gather names and rights of a deal as they stand now."""
    licensor = session.get_one(Organization, deal.licensor_id)
    rows = session.scalars(
        select(IpRight)
        .where(IpRight.listing_id == deal.listing_id)
        .order_by(IpRight.position, IpRight.id)
    ).all()
    return Facts(
        number=number,
        title=deal.title,
        title_en=deal.title_en,
        rights=tuple(
            Right(
                kind=_RIGHTS[row.kind],
                number=row.number,
                title=row.title,
                owner=row.applicant or licensor.name,
                filed_on=row.filed_on,
                granted_on=row.granted_on,
                expires_on=row.expires_on,
                is_patent=row.kind in _PATENTS,
            )
            for row in rows
        ),
        is_public_licensor=licensor.kind in _PUBLIC,
    )


def agreed(session: Session, deal: Deal) -> AgreedTerms:
    """Give the agreement that stands, or raise RuleBroken."""
    found = current_agreement(session, deal)
    if found is None:
        raise RuleBroken(NO_TERMS)
    return found


def draft(session: Session, *, actor: Actor, deal_id: UUID) -> Content:
    """Assemble the text for reading, before anything is drawn up."""
    deal = get_deal(session, deal_id, actor=actor)
    terms = from_json(agreed(session, deal).content)
    contract = queries.find_contract(session, deal.id)
    return build(terms, facts_of(session, deal, contract.shown_number if contract else "—"))


def still_open(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:
    """Give what must be done before the contract may be signed: decisions, notice, export."""
    row = BY_EVENT["sign_contract"]
    others = replace(row, guards=tuple(name for name in row.guards if name != _OWN_GUARD))
    return obstacles(session, deal, others, now)


def draw_up(session: Session, *, actor: Actor, deal_id: UUID, now: datetime) -> Paper:
    """Make the text to be signed from the agreed terms; the contract's number stays.

    Raises Obstructed while decisions, notice or export papers are missing.
    """
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    require(permissions.may_draw_up(actor, deal))
    agreement = agreed(session, deal)
    for obstacle in still_open(session, deal, now):
        raise Obstructed(obstacle.message, **obstacle.values)
    return assemble(session, deal, agreement, actor=actor, now=now)


def assemble(
    session: Session, deal: Deal, agreement: AgreedTerms, *, actor: Actor | None, now: datetime
) -> Paper:
    """Keep the contract of an agreement and its paper; whoever calls has judged that it may be."""
    terms = from_json(agreement.content)
    contract = _contract(session, deal, terms, agreement.sha256, now)
    roles = ROLES[terms.contract_kind]
    paper = paper_services.draw_up(
        session,
        actor=actor,
        kind=PaperKind.CONTRACT,
        object_kind=OBJECT_KIND,
        object_id=deal.id,
        content=build(terms, facts_of(session, deal, contract.shown_number)),
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
    contract.paper_id = paper.id
    session.flush()
    return paper


def _contract(session: Session, deal: Deal, terms: Terms, sha256: str, now: datetime) -> Contract:
    contract = queries.find_contract(session, deal.id)
    if contract is None:
        contract = Contract(
            deal_id=deal.id,
            kind=terms.contract_kind,
            license_kind=terms.license_kind,
            amount_minor=terms.fixed_total_minor,
            currency=terms.currency,
            terms_sha256=sha256,
            drawn_at=now,
        )
        session.add(contract)
    else:
        contract.kind = terms.contract_kind
        contract.license_kind = terms.license_kind
        contract.amount_minor = terms.fixed_total_minor
        contract.currency = terms.currency
        contract.terms_sha256 = sha256
    session.flush()
    return contract


def current_paper(session: Session, deal_id: UUID) -> Paper | None:
    """Find the contract's paper that stands."""
    return papers.current(session, PaperKind.CONTRACT, OBJECT_KIND, deal_id)


def hold(session: Session, deal_id: UUID) -> None:
    """Lock the deal before its contract's paper, as every step of a deal does."""
    load_deal(session, deal_id, lock=True)


def may_see(session: Session, actor: Actor, deal_id: UUID) -> bool:
    """Whether a reader who is no party (the deal's manager) sees the contract."""
    deal = load_deal(session, deal_id)
    return is_manager(actor, deal) or actor.is_administrator


def may_sign(session: Session, actor: Actor, paper: Paper, _party: PaperParty) -> bool:
    """Whether the actor stands in the deal as a party; a manager signs for nobody."""
    return permissions.may_sign(actor, load_deal(session, paper.object_id))


def signed(session: Session, paper: Paper, _signature: Signature, now: datetime) -> None:
    """Follow a signature: nothing may be open, and the last one signs the deal."""
    deal = load_deal(session, paper.object_id)
    contract = queries.get_contract(session, deal.id, lock=True)
    if agreed(session, deal).sha256 != contract.terms_sha256:
        raise RuleBroken(N_("The terms changed after this text. Draw the contract up anew."))
    for obstacle in still_open(session, deal, now):
        raise Obstructed(obstacle.message, **obstacle.values)
    if not is_signed(paper):
        return
    contract.signed_at = now
    facts = facts_of(session, deal, contract.shown_number)
    if needs_recording(contract.kind, has_patent=facts.has_patent):
        months = figures.number(session, RECORDING_MONTHS)
        contract.recording_due_on = months_later(now.astimezone(BEIJING).date(), months)
    session.flush()
    advance_by_system(session, deal_id=deal.id, event="sign_contract", now=now)


def unsigned(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — a guard's signature
    """Guard ``contract_signed``: both sides have signed the contract."""
    contract = queries.find_contract(session, deal.id)
    if contract is not None and contract.signed_at is not None:
        return []
    return [
        Obstacle(
            message=N_("Both sides have not signed the contract yet."),
            who=frozenset({DealRole.LICENSOR, DealRole.LICENSEE}),
            endpoint="contracts.show",
        )
    ]


def already_signed(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — a guard's signature
    """Guard ``contract_unsigned``: terms are open again only while nothing is signed by both."""
    contract = queries.find_contract(session, deal.id)
    if contract is None or contract.signed_at is None:
        return []
    return [
        Obstacle(
            message=N_("Both sides have signed the contract; its terms stand."), who=frozenset()
        )
    ]


def terms_reopened(session: Session, deal: Deal, actor: Actor | None, now: datetime) -> None:
    """Effect: the text that was drawn up is withdrawn when its terms are taken up again."""
    paper = current_paper(session, deal.id)
    if paper is not None:
        paper_services.withdraw(session, actor=actor, paper_id=paper.id, now=now)
