"""What an actor may find, as the search engine's filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.documents import Audience
from search.visibility import EVERYTHING, Visible

if TYPE_CHECKING:
    from marketplace.core.actor import Actor


def visible_for(actor: Actor) -> Visible:
    """Give the filter for an actor's searches; it must agree with the domains' ``visible_to``."""
    if actor.is_reviewer or actor.is_administrator:
        return EVERYTHING
    audiences = {Audience.PUBLIC}
    if not actor.is_visitor:
        audiences.add(Audience.SIGNED_IN)
    if actor.verified:
        audiences.add(Audience.VERIFIED)
    return Visible(
        audiences=frozenset(audiences),
        organization_ids=frozenset(str(identity) for identity in actor.organization_ids),
    )
