"""Reads collections: their owner's, and shared ones by token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from marketplace.core.errors import NotFound
from marketplace.discovery.models import Collection, CollectionItem
from marketplace.discovery.queries import fallback
from search.documents import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from search.documents import Document


#: Kinds of records that a collection keeps.
COLLECTED = (Kind.LISTING, Kind.NEED)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An item with its record as everybody may find it; None when it is not on offer now."""

    item: CollectionItem
    kind: Kind
    document: Document | None


def get_collection(session: Session, collection_id: UUID, *, actor: Actor) -> Collection:
    """Give one of the actor's own collections."""
    found = session.scalar(
        select(Collection).where(
            Collection.id == collection_id, Collection.person_id == actor.user_id
        )
    )
    if found is None:
        raise NotFound
    return found


def get_shared(session: Session, token: str) -> Collection:
    """Give the collection behind a link; NotFound once the link was revoked."""
    found = session.scalar(select(Collection).where(Collection.share_token == token))
    if found is None:
        raise NotFound
    return found


def get_item(session: Session, collection: Collection, item_id: UUID) -> CollectionItem:
    """Give an item of the collection."""
    found = session.scalar(
        select(CollectionItem).where(
            CollectionItem.id == item_id, CollectionItem.collection_id == collection.id
        )
    )
    if found is None:
        raise NotFound
    return found


def list_collections(session: Session, *, actor: Actor) -> Sequence[tuple[Collection, int]]:
    """Give the actor's collections by name, with the number of records in each."""
    rows = session.execute(
        select(Collection, func.count(CollectionItem.id))
        .outerjoin(CollectionItem, CollectionItem.collection_id == Collection.id)
        .where(Collection.person_id == actor.user_id)
        .group_by(Collection.id)
        .order_by(Collection.name, Collection.id)
    )
    return [(collection, count) for collection, count in rows]


def list_entries(session: Session, collection: Collection) -> list[Entry]:
    """Give what stands in a collection, last added first."""
    items = session.scalars(
        select(CollectionItem)
        .where(CollectionItem.collection_id == collection.id)
        .order_by(CollectionItem.added_at.desc(), CollectionItem.id)
    ).all()
    found: dict[UUID, Document] = {}
    for kind in COLLECTED:
        ids = [_record(item) for item in items if _kind(item) is kind]
        found |= {UUID(one.id): one for one in fallback.load(session, kind, ids)}
    return [Entry(item=item, kind=_kind(item), document=found.get(_record(item))) for item in items]


def count_items(session: Session, collection: Collection) -> int:
    """Count what stands in a collection."""
    return (
        session.scalar(select(func.count()).where(CollectionItem.collection_id == collection.id))
        or 0
    )


def _kind(item: CollectionItem) -> Kind:
    return Kind.LISTING if item.listing_id is not None else Kind.NEED


def _record(item: CollectionItem) -> UUID:
    record = item.listing_id or item.need_id
    assert record is not None  # noqa: S101 — the table's CHECK says so
    return record
