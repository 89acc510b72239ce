"""Makes saved searches and collections."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marketplace.discovery.models import Collection, CollectionItem, SavedSearch, Scope
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.listings.models import Listing

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Makers(Maker):
    def saved_search(self, user: User | None = None, **values: Any) -> SavedSearch:
        """A search for lasers among listings, told of once a day."""
        number = factories.number()
        owner = user or self.user()  # type: ignore[attr-defined]
        values.setdefault("name", f"Search {number}")
        values.setdefault("scope", Scope.LISTING)
        values.setdefault("address", "q=激光")
        values.setdefault("opened_at", NOON)
        values.setdefault("saved_at", NOON)
        return self.add(SavedSearch(person_id=owner.id, **values))

    def collection(self, user: User | None = None, *listings: Listing, **values: Any) -> Collection:
        """A collection that nobody else sees, with listings in it."""
        owner = user or self.user()  # type: ignore[attr-defined]
        values.setdefault("name", f"Collection {factories.number()}")
        made = self.add(Collection(person_id=owner.id, **values))
        for listing in listings:
            self.add(CollectionItem(collection_id=made.id, listing_id=listing.id, added_at=NOON))
        return made
