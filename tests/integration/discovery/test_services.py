"""Keeping searches and collections, each person their own."""

from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.core.actor import VISITOR
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.discovery import rules, services
from marketplace.discovery.models import AlertFrequency
from marketplace.discovery.queries import collections, saved
from marketplace.discovery.services import CollectionDraft, SearchDraft
from marketplace.listings.models import ListingStatus
from marketplace.needs.models import NeedStatus
from search.documents import Kind
from search.queries import Query, Sort
from tests.factories.discovery import NOON

QUERY = Query(
    kind=Kind.NEED,
    text="激光 & 焊接",
    chosen={"trl": ("6", "7"), "district": ("420111",)},
    sort=Sort.NEWEST,
    page=3,
)


@pytest.fixture
def user(make):
    return make.user()


@pytest.fixture
def actor(make, user):
    return make.actor(user)


def draft(name="甲", query=QUERY):
    return SearchDraft(name=name, frequency=AlertFrequency.DAILY, query=query)


class TestSaveSearch:
    def test_keeps_the_query_without_its_page(self, session, actor):
        search = services.save_search(session, actor=actor, draft=draft(), now=NOON)
        kept = services.query_of(search)
        assert (kept.kind, kept.text, kept.chosen, kept.sort, kept.page) == (
            QUERY.kind,
            QUERY.text,
            QUERY.chosen,
            QUERY.sort,
            1,
        )

    def test_is_for_signed_in_people(self, session):
        with pytest.raises(Denied):
            services.save_search(session, actor=VISITOR, draft=draft(), now=NOON)

    def test_refuses_a_name_twice(self, session, actor):
        services.save_search(session, actor=actor, draft=draft(), now=NOON)
        other = Query(kind=Kind.NEED, text="其他")
        with pytest.raises(RuleBroken) as error:
            services.save_search(session, actor=actor, draft=draft(query=other), now=NOON)
        assert error.value.field == "name"

    def test_refuses_the_same_search_twice(self, session, actor):
        services.save_search(session, actor=actor, draft=draft(), now=NOON)
        with pytest.raises(RuleBroken):
            services.save_search(session, actor=actor, draft=draft("乙"), now=NOON)

    def test_ends_at_the_limit(self, session, actor, monkeypatch):
        monkeypatch.setattr(rules, "SAVED_LIMIT", 0)
        with pytest.raises(RuleBroken):
            services.save_search(session, actor=actor, draft=draft(), now=NOON)


class TestOwnership:
    def test_nobody_elses_search_exists(self, session, make, actor):
        search = make.saved_search()
        with pytest.raises(NotFound):
            services.open_search(session, actor=actor, search_id=search.id, now=NOON)
        with pytest.raises(NotFound):
            services.delete_search(session, actor=actor, search_id=search.id)
        assert saved.list_saved_searches(session, actor=actor) == []

    def test_nobody_elses_collection_exists(self, session, make, actor):
        collection = make.collection()
        with pytest.raises(NotFound):
            services.share(session, actor=actor, collection_id=collection.id, now=NOON)
        with pytest.raises(NotFound):
            services.delete_collection(session, actor=actor, collection_id=collection.id)

    def test_an_item_belongs_to_its_collection(self, session, make, user, actor):
        other = make.collection(user, make.listing())
        mine = make.collection(user)
        item = collections.list_entries(session, other)[0].item
        with pytest.raises(NotFound):
            services.take_out(session, actor=actor, collection_id=mine.id, item_id=item.id)


class TestCollect:
    def _collect(self, session, actor, collection, record, kind=Kind.LISTING):
        return services.collect(
            session,
            actor=actor,
            collection_id=collection.id,
            kind=kind,
            record_id=record,
            note="好",
            now=NOON,
        )

    def test_takes_listings_and_needs(self, session, make, user, actor):
        collection = make.collection(user)
        listing = make.listing(status=ListingStatus.PUBLISHED)
        need = make.need(status=NeedStatus.OPEN)
        self._collect(session, actor, collection, listing.id)
        self._collect(session, actor, collection, need.id, Kind.NEED)
        entries = collections.list_entries(session, collection)
        assert {(one.kind, one.document.id) for one in entries} == {
            (Kind.LISTING, str(listing.id)),
            (Kind.NEED, str(need.id)),
        }
        assert collections.list_collections(session, actor=actor) == [(collection, 2)]

    def test_takes_nothing_that_is_not_on_offer(self, session, make, user, actor):
        collection = make.collection(user)
        with pytest.raises(NotFound):
            self._collect(session, actor, collection, make.listing().id)
        with pytest.raises(NotFound):
            self._collect(session, actor, collection, uuid4())

    def test_takes_a_record_once(self, session, make, user, actor):
        listing = make.listing(status=ListingStatus.PUBLISHED)
        collection = make.collection(user, listing)
        with pytest.raises(RuleBroken):
            self._collect(session, actor, collection, listing.id)

    def test_ends_at_the_limit(self, session, make, user, actor, monkeypatch):
        monkeypatch.setattr(rules, "ITEMS_LIMIT", 0)
        listing = make.listing(status=ListingStatus.PUBLISHED)
        with pytest.raises(RuleBroken):
            self._collect(session, actor, make.collection(user), listing.id)

    def test_a_withdrawn_record_stays_as_a_gap(self, session, make, user):
        listing = make.listing(status=ListingStatus.PUBLISHED)
        collection = make.collection(user, listing)
        listing.status = ListingStatus.WITHDRAWN
        session.flush()
        (entry,) = collections.list_entries(session, collection)
        assert entry.document is None


class TestShare:
    def test_a_new_link_ends_the_old_one(self, session, make, user, actor):
        collection = make.collection(user)
        first = services.share(
            session, actor=actor, collection_id=collection.id, now=NOON
        ).share_token
        second = services.share(
            session, actor=actor, collection_id=collection.id, now=NOON
        ).share_token
        assert first != second
        assert collections.get_shared(session, second).id == collection.id
        with pytest.raises(NotFound):
            collections.get_shared(session, first)

    def test_ends(self, session, make, user, actor):
        collection = make.collection(user, share_token="abc", shared_at=NOON)
        services.stop_sharing(session, actor=actor, collection_id=collection.id)
        with pytest.raises(NotFound):
            collections.get_shared(session, "abc")


class TestCollections:
    def test_end_at_the_limit(self, session, actor, monkeypatch):
        monkeypatch.setattr(rules, "COLLECTIONS_LIMIT", 0)
        with pytest.raises(RuleBroken):
            services.make_collection(session, actor=actor, draft=CollectionDraft(name="甲"))

    def test_are_for_signed_in_people(self, session):
        with pytest.raises(Denied):
            services.make_collection(session, actor=VISITOR, draft=CollectionDraft(name="甲"))

    def test_go_with_their_items(self, session, make, user, actor):
        collection = make.collection(user, make.listing())
        services.delete_collection(session, actor=actor, collection_id=collection.id)
        assert collections.list_collections(session, actor=actor) == []
