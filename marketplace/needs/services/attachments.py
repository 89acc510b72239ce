"""Files of a need; who opens which is said by their visibility and the deal's agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.services import attach, remove_attachment
from marketplace.needs.models import NeedStatus
from marketplace.needs.queries import needs as queries

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.models import Attachment, Visibility
    from marketplace.files.store import Upload
    from marketplace.needs.models import Need

#: States after which nobody looks for an answer any more.
_OVER = frozenset(
    {NeedStatus.MET, NeedStatus.CLOSED_UNMET, NeedStatus.EXPIRED, NeedStatus.WITHDRAWN}
)


def attach_to_need(
    session: Session,
    *,
    actor: Actor,
    need_id: UUID,
    upload: Upload,
    visibility: Visibility,
    now: datetime,
) -> Attachment:
    """Hang a file on a need of one's own; RuleBroken once the need is over."""
    need = queries.get_own_need(session, need_id, actor=actor, lock=True)
    _require_alive(need)
    return attach(
        session,
        actor,
        object_kind=queries.ATTACHED_TO,
        object_id=need.id,
        organization_id=need.organization_id,
        upload=upload,
        visibility=visibility,
        now=now,
    )


def detach_from_need(
    session: Session, *, actor: Actor, need_id: UUID, attachment_id: UUID, now: datetime
) -> None:
    """Take a file off a need of one's own."""
    need = queries.get_own_need(session, need_id, actor=actor, lock=True)
    if attachment_id not in {file.id for file in queries.list_files(session, need.id)}:
        raise NotFound
    remove_attachment(session, actor, attachment_id=attachment_id, now=now)


def _require_alive(need: Need) -> None:
    if need.status in _OVER:
        raise RuleBroken(N_("This need is over: nobody answers it any more."), field="file")
