"""Who may import for which organization, and see which import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, false, true

from marketplace.exchange.fields import ImportKind
from marketplace.exchange.models import FileImport
from marketplace.listings.permissions import may_publish_for

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.core.actor import Actor


def may_import(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor may write the organization's records by a file."""
    return actor.is_administrator or actor.may_write_for(organization_id)


def may_publish(actor: Actor, kind: ImportKind, organization_id: UUID) -> bool:
    """Whether the file's rows may be shown at once, or (needs) be sent for review at once."""
    if kind is ImportKind.NEEDS:
        return may_import(actor, organization_id)
    return may_publish_for(actor, organization_id)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Imports of the organizations that the actor writes for; all for administrators."""
    if actor.is_visitor:
        return false()
    if actor.is_administrator:
        return true()
    own = [identity for identity in actor.memberships if actor.may_write_for(identity)]
    return FileImport.organization_id.in_(own)
