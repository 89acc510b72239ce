"""Keeping searches and collections."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from sqlalchemy import delete

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound
from marketplace.discovery import rules
from marketplace.discovery.models import (
    AlertFrequency,
    Collection,
    CollectionItem,
    SavedSearch,
    Scope,
)
from marketplace.discovery.queries import collections, fallback, saved
from marketplace.indexing.parsing import QueryString, args_of, query_from_args
from search.documents import Kind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from search.queries import Query


@dataclass(frozen=True, kw_only=True)
class SearchDraft:
    """A search as a person wants to keep it."""

    name: str
    frequency: AlertFrequency
    query: Query


@dataclass(frozen=True, kw_only=True)
class CollectionDraft:
    """What a person calls a collection, and a note for those who look."""

    name: str
    note: str = ""


def address_of(query: Query) -> str:
    """Give a query as it is kept: its query string without a page."""
    args = args_of(query)
    args.pop("page", None)
    return urlencode(args, doseq=True)


def query_of(search: SavedSearch) -> Query:
    """Give the query of a kept search."""
    return query_from_args(QueryString(search.address), Kind(search.scope.value))


def save_search(
    session: Session, *, actor: Actor, draft: SearchDraft, now: datetime
) -> SavedSearch:
    """Keep a search; what is published from now on is new to it.

    Raises RuleBroken for a name or a search that the person has already, or too many of them.
    """
    require(actor.user_id is not None)
    assert actor.user_id is not None  # noqa: S101 — required above
    rules.require_room(saved.count_saved_searches(session, actor=actor), rules.SAVED_LIMIT)
    search = SavedSearch(
        person_id=actor.user_id,
        name=draft.name,
        scope=Scope(draft.query.kind.value),
        address=address_of(draft.query),
        frequency=draft.frequency,
        opened_at=now,
        saved_at=now,
    )
    with judged(session):
        session.add(search)
    return search


def change_search(
    session: Session,
    *,
    actor: Actor,
    search_id: UUID,
    name: str,
    frequency: AlertFrequency,
    now: datetime,
) -> SavedSearch:
    """Rename a search or tell of its news at another pace."""
    search = saved.get_saved_search(session, search_id, actor=actor)
    if search.frequency is AlertFrequency.OFF and frequency is not AlertFrequency.OFF:
        # Who switches alerts on again wants to hear of what comes, not of what they slept through.
        search.saved_at = now
    with judged(session):
        search.name = name
        search.frequency = frequency
    return search


def open_search(session: Session, *, actor: Actor, search_id: UUID, now: datetime) -> SavedSearch:
    """Note that the person looks at the results now, so that counting of news begins anew."""
    search = saved.get_saved_search(session, search_id, actor=actor)
    search.opened_at = now
    return search


def delete_search(session: Session, *, actor: Actor, search_id: UUID) -> None:
    """Forget a search and what it told of."""
    session.delete(saved.get_saved_search(session, search_id, actor=actor))
    session.flush()


def make_collection(session: Session, *, actor: Actor, draft: CollectionDraft) -> Collection:
    """Begin a collection."""
    require(actor.user_id is not None)
    assert actor.user_id is not None  # noqa: S101 — required above
    count = len(collections.list_collections(session, actor=actor))
    rules.require_room(count, rules.COLLECTIONS_LIMIT)
    collection = Collection(person_id=actor.user_id, name=draft.name, note=draft.note)
    with judged(session):
        session.add(collection)
    return collection


def change_collection(
    session: Session, *, actor: Actor, collection_id: UUID, draft: CollectionDraft
) -> Collection:
    """Rename a collection or change its note."""
    collection = collections.get_collection(session, collection_id, actor=actor)
    with judged(session):
        collection.name, collection.note = draft.name, draft.note
    return collection


def delete_collection(session: Session, *, actor: Actor, collection_id: UUID) -> None:
    """Forget a collection; the records stay where they are."""
    collection = collections.get_collection(session, collection_id, actor=actor)
    session.execute(delete(Collection).where(Collection.id == collection.id))


def collect(
    session: Session,
    *,
    actor: Actor,
    collection_id: UUID,
    kind: Kind,
    record_id: UUID,
    note: str = "",
    now: datetime,
) -> CollectionItem:
    """Put a record that is on offer into a collection; RuleBroken when it is there already."""
    collection = collections.get_collection(session, collection_id, actor=actor)
    if not fallback.load(session, kind, [record_id]):
        raise NotFound
    rules.require_room(collections.count_items(session, collection), rules.ITEMS_LIMIT)
    item = CollectionItem(
        collection_id=collection.id,
        added_at=now,
        listing_id=record_id if kind is Kind.LISTING else None,
        need_id=record_id if kind is Kind.NEED else None,
        note=note,
    )
    with judged(session):
        session.add(item)
    return item


def annotate(
    session: Session, *, actor: Actor, collection_id: UUID, item_id: UUID, note: str
) -> None:
    """Change the note beside a record."""
    collection = collections.get_collection(session, collection_id, actor=actor)
    collections.get_item(session, collection, item_id).note = note


def take_out(session: Session, *, actor: Actor, collection_id: UUID, item_id: UUID) -> None:
    """Take a record out of a collection."""
    collection = collections.get_collection(session, collection_id, actor=actor)
    session.delete(collections.get_item(session, collection, item_id))
    session.flush()


def share(session: Session, *, actor: Actor, collection_id: UUID, now: datetime) -> Collection:
    """Make a link by which anybody may look; a link that was there before ends."""
    collection = collections.get_collection(session, collection_id, actor=actor)
    collection.share_token = secrets.token_urlsafe(24)
    collection.shared_at = now
    return collection


def stop_sharing(session: Session, *, actor: Actor, collection_id: UUID) -> Collection:
    """End the link."""
    collection = collections.get_collection(session, collection_id, actor=actor)
    collection.share_token = collection.shared_at = None
    return collection
