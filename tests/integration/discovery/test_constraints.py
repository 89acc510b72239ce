"""Each named constraint, proven once."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.discovery.models import CollectionItem
from tests.factories.discovery import NOON


def broken(error) -> str:
    return str(error.value.orig.diag.constraint_name)


class TestSavedSearch:
    def test_has_a_name(self, make):
        with pytest.raises(IntegrityError) as error:
            make.saved_search(name="")
        assert broken(error) == "saved_search_is_named"

    def test_has_a_name_of_its_own_per_person(self, make):
        user = make.user()
        make.saved_search(user, name="甲")
        make.saved_search(name="甲")
        with pytest.raises(IntegrityError) as error:
            make.saved_search(user, name="甲", address="q=2")
        assert broken(error) == "saved_search_name_taken"

    def test_is_kept_once_per_person(self, make):
        user = make.user()
        make.saved_search(user, address="q=1")
        with pytest.raises(IntegrityError) as error:
            make.saved_search(user, address="q=1")
        assert broken(error) == "search_saved_once"


class TestCollection:
    def test_has_a_name(self, make):
        with pytest.raises(IntegrityError) as error:
            make.collection(name="")
        assert broken(error) == "collection_is_named"

    def test_has_a_name_of_its_own_per_person(self, make):
        user = make.user()
        make.collection(user, name="甲")
        with pytest.raises(IntegrityError) as error:
            make.collection(user, name="甲")
        assert broken(error) == "collection_name_taken"

    def test_is_dated_when_shared(self, make):
        with pytest.raises(IntegrityError) as error:
            make.collection(share_token="abc")
        assert broken(error) == "shared_collection_is_dated"

    def test_has_a_link_of_its_own(self, make):
        make.collection(share_token="abc", shared_at=NOON)
        with pytest.raises(IntegrityError) as error:
            make.collection(share_token="abc", shared_at=NOON)
        assert broken(error) == "share_token_names_one_collection"


class TestCollectionItem:
    def test_is_one_record(self, make):
        collection = make.collection()
        with pytest.raises(IntegrityError) as error:
            make.add(CollectionItem(collection_id=collection.id, added_at=NOON))
        assert broken(error) == "item_is_one_record"

    def test_a_listing_stands_in_it_once(self, make):
        listing = make.listing()
        with pytest.raises(IntegrityError) as error:
            make.collection(None, listing, listing)
        assert broken(error) == "listing_collected_once"

    def test_a_need_stands_in_it_once(self, make):
        collection, need = make.collection(), make.need()
        with pytest.raises(IntegrityError) as error:
            make.add(
                *(
                    CollectionItem(collection_id=collection.id, need_id=need.id, added_at=NOON)
                    for _ in range(2)
                )
            )
        assert broken(error) == "need_collected_once"
