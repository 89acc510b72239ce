"""Who proposes, ends and records amendments; who signs is said by papers and the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.amendments.models import Amendment, AmendmentState
from marketplace.contracts.permissions import REGISTRARS
from marketplace.deals.models import DealRole
from marketplace.deals.permissions import acting_role
from marketplace.performance.services.changes import CHANGING

if TYPE_CHECKING:
    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal

PARTIES = frozenset({DealRole.LICENSOR, DealRole.LICENSEE})


def may_propose(actor: Actor, deal: Deal) -> bool:
    """Either side, or the manager, once the contract is signed and until the deal is closed."""
    return deal.stage in CHANGING and acting_role(actor, deal) in {*PARTIES, DealRole.MANAGER}


def may_withdraw(actor: Actor, deal: Deal, amendment: Amendment) -> bool:
    """Whoever proposed it: the side, or the manager."""
    return amendment.state is AmendmentState.PROPOSED and acting_role(actor, deal) is amendment.role


def may_refuse(actor: Actor, deal: Deal, amendment: Amendment) -> bool:
    """A side that did not propose it; what the manager proposed may be refused by both."""
    role = acting_role(actor, deal)
    return (
        amendment.state is AmendmentState.PROPOSED
        and role in PARTIES
        and role is not amendment.role
    )


def may_record(actor: Actor, deal: Deal, amendment: Amendment) -> bool:
    """The supplier's side or the manager, who registered the contract as well."""
    return amendment.state is AmendmentState.IN_FORCE and acting_role(actor, deal) in REGISTRARS
