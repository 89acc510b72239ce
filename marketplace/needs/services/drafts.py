"""Writing a need: started, saved step by step, changed after publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import EditedElsewhere, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.drafting import services as drafting
from marketplace.needs import content as contents
from marketplace.needs import rules
from marketplace.needs.models import SHOWN, Need, NeedStatus
from marketplace.needs.queries.needs import get_own_need, require_member

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.needs.content import NeedContent


def draft_need(
    session: Session, *, actor: Actor, organization_id: UUID, content: NeedContent, now: datetime
) -> Need:
    """Start a need; nobody outside the organization sees it yet."""
    require_member(actor, organization_id)
    require(actor.may_write_for(organization_id))
    need = Need(
        organization_id=organization_id,
        title=content.title,
    )
    contents.write(need, content)
    with judged(session):
        drafting.begin(session, actor=actor, text=need, now=now)
    return need


def require_same_version(need: Need, version: int) -> None:
    """Refuse to overwrite what somebody else saved after this page was opened."""
    if need.version != version:
        raise EditedElsewhere(
            N_("Somebody else saved this need in the meantime. Compare both versions below.")
        )


def require_editable(need: Need) -> None:
    """Refuse to change a text that a reviewer is reading, or that belongs to the past."""
    if need.status in (NeedStatus.DRAFT, NeedStatus.RETURNED):
        return
    if need.status in SHOWN and need.pending_submitted_at is None:
        return
    if need.status is NeedStatus.UNDER_REVIEW or need.status in SHOWN:
        raise StepNotAllowed(N_("A reviewer is reading this text. Take it back to change it."))
    raise StepNotAllowed(
        N_("This step can't be taken from the state “%(state)s”."), state=need.status
    )


def save_content(
    session: Session,
    *,
    actor: Actor,
    need_id: UUID,
    content: NeedContent,
    version: int,
    now: datetime,
) -> Need:
    """Save what the author typed; changes of a published need wait for a reviewer.

    Raises EditedElsewhere when ``version`` is not the one the author started from.
    """
    need = get_own_need(session, need_id, actor=actor, lock=True)
    require_editable(need)
    require_same_version(need, version)
    rules.require_budget_in_order(content)
    rules.require_criteria(content)
    if contents.working_content(need) == content:
        return need
    with judged(session):
        if need.status in SHOWN:
            same = contents.content_of(need) == content
            need.pending = None if same else contents.to_json(content)
        else:
            contents.write(need, content)
        need.edited_by, need.touched_at = actor.user_id, now
    return need


def discard_changes(
    session: Session, *, actor: Actor, need_id: UUID, version: int, now: datetime
) -> Need:
    """Throw away changes of a published need that no reviewer has passed."""
    need = get_own_need(session, need_id, actor=actor, lock=True)
    require_same_version(need, version)
    need.pending = need.pending_submitted_at = None
    need.return_reason = ""
    audit.record(
        session,
        actor=actor,
        action="need.changes_discarded",
        kind="need",
        object_id=need.id,
        now=now,
    )
    return need
