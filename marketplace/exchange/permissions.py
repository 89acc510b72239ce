"""Who may import for which organization, and see which import."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, false, true

from marketplace.exchange.models import FileImport
from marketplace.listings.permissions import may_publish_for, may_send_for

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.core.actor import Actor


def may_import(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor may write the organization's records by a file."""
    return actor.is_administrator or actor.may_write_for(organization_id)


class Onward(Enum):
    """Where rows go at once, instead of staying drafts."""

    SHOWN = "shown"
    SENT = "sent"


def onward(actor: Actor | None, organization_id: UUID) -> Onward | None:
    """Give where a file's rows may go at once: to readers, to the reviewers, or nowhere.

    Nobody publishes for their own organization, and only a verified one's texts are reviewed. The
    command line (None) publishes.
    """
    if may_publish_for(actor, organization_id):
        return Onward.SHOWN
    return Onward.SENT if may_send_for(actor, organization_id) else None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Imports of the organizations that the actor writes for; all for administrators."""
    if actor.is_visitor:
        return false()
    if actor.is_administrator:
        return true()
    own = [identity for identity in actor.memberships if actor.may_write_for(identity)]
    return FileImport.organization_id.in_(own)
