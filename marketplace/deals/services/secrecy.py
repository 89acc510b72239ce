"""The confidentiality agreement: drawn up, signed by both parties, and what then opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.codes import rules as figures
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals import agreement, permissions, settings
from marketplace.deals.guards import Obstacle
from marketplace.deals.models import Deal, DealRole, DealStage
from marketplace.deals.queries import deals as queries
from marketplace.deals.rules import PARTIES
from marketplace.deals.services.records import get_to_act, note
from marketplace.deals.services.stages import advance_by_system
from marketplace.papers import queries as paper_queries
from marketplace.papers import rules as paper_rules
from marketplace.papers.models import PaperKind
from marketplace.papers.services import PartyInput, draw_up

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.papers.models import Paper, PaperParty, Signature

#: The kind of object that the agreement is about.
OBJECT_KIND = "deal"


def find_agreement(session: Session, deal_id: UUID) -> Paper | None:
    """Give the standing confidentiality agreement of a deal."""
    return paper_queries.current(session, PaperKind.CONFIDENTIALITY, OBJECT_KIND, deal_id)


def draw_up_agreement(session: Session, deal: Deal, actor: Actor | None, now: datetime) -> None:
    """Put the text before both parties: the effect of ``ask_confidentiality``."""
    purpose = queries.value_of_exit(session, deal.id, "ask_confidentiality", "purpose")
    _draw(session, deal, actor, purpose, now)


def _draw(session: Session, deal: Deal, actor: Actor | None, purpose: str, now: datetime) -> Paper:
    return draw_up(
        session,
        actor=actor,
        kind=PaperKind.CONFIDENTIALITY,
        object_kind=OBJECT_KIND,
        object_id=deal.id,
        content=agreement.compose(
            deal, purpose=purpose, years=figures.number(session, settings.SECRECY_YEARS)
        ),
        parties=(
            PartyInput(role="甲方", role_en="Party A", organization_id=deal.licensor_id),
            PartyInput(role="乙方", role_en="Party B", organization_id=deal.licensee_id),
        ),
        now=now,
        is_demo=deal.is_demo,
    )


def redraw_agreement(
    session: Session, *, actor: Actor, deal_id: UUID, purpose: str, now: datetime
) -> Paper:
    """Give the agreement another purpose; signatures under the earlier number fall with it.

    Only a party does so, and only until both have signed.
    """
    # Whoever signs locks the paper first and the deal then; the same order here.
    paper_queries.current(session, PaperKind.CONFIDENTIALITY, OBJECT_KIND, deal_id, lock=True)
    deal, role = get_to_act(session, deal_id, actor=actor)
    require(role in PARTIES)
    if deal.stage is not DealStage.CONFIDENTIALITY:
        raise StepNotAllowed(
            N_("This step can't be taken from the stage “%(stage)s”."), stage=deal.stage
        )
    if not purpose.strip():
        raise RuleBroken(N_("Say what the information is for."), field="purpose")
    paper = _draw(session, deal, actor, purpose.strip(), now)
    note(
        session,
        actor=actor,
        deal=deal,
        action="deal.agreement_redrawn",
        now=now,
        number=paper.number,
    )
    return paper


def may_read(session: Session, actor: Actor, deal_id: UUID) -> bool:
    """Whether the actor reads the agreement besides the parties: the deal's manager."""
    deal = session.get(Deal, deal_id)
    return deal is not None and permissions.may_see(actor, deal)


def may_sign(session: Session, actor: Actor, paper: Paper, party: PaperParty) -> bool:
    """Whether the actor may sign for a party here: never the manager, and only at this stage."""
    deal = session.get(Deal, paper.object_id)
    return (
        deal is not None
        and deal.stage is DealStage.CONFIDENTIALITY
        and not permissions.is_manager(actor, deal)
        and not permissions.is_invited(actor, deal)
        and party.organization_id in (deal.licensor_id, deal.licensee_id)
    )


def after_signature(session: Session, paper: Paper, signature: Signature, now: datetime) -> None:  # noqa: ARG001 — the registry's signature
    """Move the deal on once both have signed; called inside the signing transaction."""
    if paper_rules.is_signed(paper):
        advance_by_system(session, deal_id=paper.object_id, event="start_diligence", now=now)


def open_confidential(
    session: Session,  # noqa: ARG001 — the signature of every effect
    deal: Deal,
    actor: Actor | None,  # noqa: ARG001 — see above
    now: datetime,
) -> None:
    """Note the moment from which each side reads the other's confidential part."""
    deal.confidential_at = now


def signed_obstacles(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — the signature of every guard
    """Say whose signature under the agreement is missing."""
    paper = find_agreement(session, deal.id)
    if paper is None:
        return [Obstacle(message=N_("The confidentiality agreement is not drawn up."), who=PARTIES)]
    roles = {deal.licensor_id: DealRole.LICENSOR, deal.licensee_id: DealRole.LICENSEE}
    return [
        Obstacle(
            message=N_("%(role)s has not signed the confidentiality agreement."),
            who=frozenset({roles[party.organization_id]}),
            endpoint="deals.agreement",
            values={"role": roles[party.organization_id]},
        )
        for party in paper_rules.missing(paper)
        if party.organization_id in roles
    ]
