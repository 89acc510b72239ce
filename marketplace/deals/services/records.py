"""What every change of a deal leaves behind: a line in the audit trail and a told fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.errors import Denied, EditedElsewhere, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals import permissions
from marketplace.deals.queries.deals import get_deal

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal, DealRole


def person_of(actor: Actor) -> UUID:
    """Give the acting person; Denied for a visitor."""
    if actor.user_id is None:
        raise Denied
    return actor.user_id


def get_to_act(
    session: Session, deal_id: UUID, *, actor: Actor, version: int | None = None
) -> tuple[Deal, DealRole]:
    """Lock a running deal in which the actor may do things; give it with the actor's role.

    NotFound for strangers, Denied for readers, EditedElsewhere when the page was older than the
    deal, StepNotAllowed once it has ended.
    """
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    role = permissions.acting_role(actor, deal)
    require(role is not None)
    require_version(deal, version)
    if not deal.is_running:
        raise StepNotAllowed(
            N_("The deal has ended; it is kept as it was. Stage: “%(stage)s”."), stage=deal.stage
        )
    return deal, role  # type: ignore[return-value]  # judged above


def require_version(deal: Deal, version: int | None) -> None:
    """Raise EditedElsewhere when the page showed an older state than this."""
    if version is not None and deal.version != version:
        raise EditedElsewhere(
            N_(
                "Somebody else changed this deal in the meantime. It stands at “%(stage)s” now; "
                "look at it and send yours again."
            ),
            stage=deal.stage,
        )


def note(
    session: Session,
    *,
    actor: Actor | None,
    deal: Deal,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    """Write a change into the audit trail and mark the deal as touched."""
    deal.touched_at = now
    audit.record(
        session, actor=actor, action=action, kind="deal", object_id=deal.id, now=now, **details
    )


def tell(session: Session, topic: str, deal: Deal, *, actor: Actor | None, **more: object) -> None:
    """Tell a fact about a deal; the acting person is named so that hearers leave them out."""
    by = str(actor.user_id) if actor and actor.user_id else None
    jobs.tell(session, topic, id=str(deal.id), by=by, **more)
