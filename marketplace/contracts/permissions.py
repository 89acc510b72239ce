"""Who draws a contract up, registers it, and asks for the subsidy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.deals.models import DealRole, DealStage
from marketplace.deals.permissions import acting_role

if TYPE_CHECKING:
    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal

#: Stages in which the contract's text may be drawn up.
DRAWING = frozenset({DealStage.NOTICE})
#: Stages in which a signed contract goes through registration.
SIGNED = frozenset({DealStage.SIGNED, DealStage.PERFORMING, DealStage.CLOSED})
REGISTRARS = frozenset({DealRole.LICENSOR, DealRole.MANAGER})


def may_draw_up(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may draw the contract up: either side, or the manager."""
    return deal.stage in DRAWING and acting_role(actor, deal) is not None


def may_register(actor: Actor, deal: Deal) -> bool:
    """Whether the actor sees to registration and recording: the supplier's side or the manager."""
    return deal.stage in SIGNED and acting_role(actor, deal) in REGISTRARS


def may_claim(actor: Actor, deal: Deal) -> bool:
    """Whether the actor opens the subsidy file set: the supplier's people and the manager.

    It holds bank slips, so the other side does not see it.
    """
    return acting_role(actor, deal) in REGISTRARS


def may_sign(actor: Actor, deal: Deal) -> bool:
    """Whether the actor stands in the deal as a party: the manager signs for nobody."""
    return acting_role(actor, deal) in (DealRole.LICENSOR, DealRole.LICENSEE)
