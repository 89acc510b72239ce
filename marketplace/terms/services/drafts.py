"""Unsent offers: a side's own, or what the technology manager prepared for it to send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound
from marketplace.deals.queries.deals import get_deal
from marketplace.terms import permissions
from marketplace.terms.models import OfferDraft
from marketplace.terms.queries import offers as queries
from marketplace.terms.services.notes import note
from marketplace.terms.value import to_json

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.terms.kinds import Side
    from marketplace.terms.value import Terms


def save_draft(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    side: Side,
    terms: Terms,
    message: str = "",
    valid_until: date | None = None,
    now: datetime,
) -> OfferDraft:
    """Keep an unsent offer of a side; it may be incomplete, and the other side never reads it.

    Whoever writes for the side sends it; a technology manager only prepares.
    """
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    require(permissions.may_prepare(actor, deal, side))
    assert actor.user_id is not None  # noqa: S101 — visitors act in no deal
    draft = queries.find_draft(session, deal_id, side)
    prepared = permissions.acting_side(actor, deal) is not side
    if draft is None:
        draft = OfferDraft(
            deal_id=deal_id,
            side=side,
            content={},
            written_by=actor.user_id,
            written_at=now,
        )
        session.add(draft)
    draft.content = to_json(terms)
    draft.message = message
    draft.valid_until = valid_until
    draft.written_by = actor.user_id
    draft.written_at = now
    draft.is_prepared = prepared
    with judged(session):
        pass
    note(
        session,
        actor=actor,
        deal=deal,
        action="offer.prepared",
        object_id=draft.id,
        now=now,
        tell=prepared,
        side=side.value,
    )
    return draft


def discard_draft(
    session: Session, *, actor: Actor, deal_id: UUID, side: Side, now: datetime
) -> None:
    """Throw an unsent offer away."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    require(permissions.may_prepare(actor, deal, side))
    draft = queries.find_draft(session, deal_id, side)
    if draft is None:
        raise NotFound
    session.delete(draft)
    note(
        session,
        actor=actor,
        deal=deal,
        action="offer.discarded",
        object_id=draft.id,
        now=now,
        tell=False,
        side=side.value,
    )
