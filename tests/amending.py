"""Proposes, signs and concludes amendments, as several kinds of test do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.amendments import services
from marketplace.amendments.services import Proposal
from marketplace.core.actor import MemberRole
from marketplace.papers import queries as papers
from marketplace.papers import services as paper_services
from marketplace.performance.services import changes
from marketplace.terms.kinds import RoyaltyForm
from marketplace.terms.value import RoyaltyStep
from tests.factories.performance import NOON

if TYPE_CHECKING:
    from marketplace.amendments.models import Amendment

LOWER = {
    "royalty_form": RoyaltyForm.FIXED,
    "royalty_steps": (RoyaltyStep(from_minor=0, rate_bp=200),),
    "minimum_annual_royalty_minor": None,
}


def rows_of(session: Any, deal: Any) -> Any:
    """The payments that an amendment may change."""
    return changes.standing_of(session, deal).open


def propose(
    session: Any,
    deal: Any,
    actor: Any,
    *,
    rows: Any = None,
    now: Any = NOON,
    clauses: str = "",
    **values: Any,
) -> Amendment:
    """A proposal of one side."""
    proposal = Proposal(
        rows=rows_of(session, deal) if rows is None else rows,
        grounds="市场变化",
        clauses=clauses,
        values=values,
    )
    return services.propose(session, actor=actor, deal_id=deal.id, proposal=proposal, now=now)


def sign(session: Any, amendment: Amendment, actor: Any, *, now: Any = NOON) -> Any:
    """One side's signature."""
    assert amendment.paper_id is not None
    paper = papers.load(session, amendment.paper_id)
    assert paper is not None
    party = next(
        one for one in paper.parties if actor.has_role(one.organization_id, MemberRole.OWNER)
    )
    return paper_services.sign(
        session,
        actor=actor,
        paper_id=paper.id,
        party_id=party.id,
        name="张三",
        sha256=paper.sha256,
        now=now,
    )


def conclude(session: Any, amendment: Amendment, sides: Any, *, now: Any = NOON) -> Amendment:
    """Both signatures."""
    for side in sides:
        sign(session, amendment, side, now=now)
    session.flush()
    return amendment
