from __future__ import annotations

from datetime import date
from uuid import uuid4

from sqlalchemy import event

from marketplace.accounts.queries import load_people
from marketplace.core.actor import VISITOR
from marketplace.listings import queries
from marketplace.listings.documents import document_of, load_documents
from marketplace.listings.models import ListingStatus, ListingViews, PriceMode
from marketplace.listings.services.views import count_view
from marketplace.organizations.models import OrganizationStatus
from search.documents import Audience, Kind
from tests.factories.listings import NOON

S = ListingStatus
TODAY = NOON.date()


class TestDocumentOf:
    def test_holds_what_a_search_looks_at(self, session, make):
        owner = make.organization(district_code="420111")
        listing = make.listing(
            owner,
            status=S.PUBLISHED,
            external_id="A-1",
            title_en="Laser",
            gains=[{"name": "速度", "unit": "m²/h", "today": "10", "ours": "30"}],
            price_mode=PriceMode.FIXED,
            price_minor=500,
            year=2025,
        )
        first = make.right(listing, renewal_due_on=date(2027, 3, 1))
        second = make.right(listing, renewal_due_on=date(2026, 12, 1))

        document = document_of(listing, [first, second], owner)

        assert document.kind is Kind.LISTING
        assert (document.id, document.version) == (str(listing.id), listing.version)
        assert document.audience is Audience.PUBLIC
        assert set(document.numbers) == {
            first.number,
            first.number[2:],
            second.number,
            second.number[2:],
            "A-1",
        }
        assert document.due_on == date(2026, 12, 1)
        assert "速度 10 30 m²/h" in document.body
        assert listing.problem in document.body
        assert {"李明", "机械学院", owner.name, "武汉某大学"} <= set(document.names)
        assert (document.district, document.year, document.price_minor) == ("420111", 2025, 500)
        assert document.record_kind == "result"

    def test_free_of_charge_is_a_price_of_0(self, make):
        listing = make.listing(status=S.PUBLISHED, price_mode=PriceMode.FREE)
        document = document_of(listing, [], make.organization())
        assert (document.price_minor, document.due_on) == (0, None)


class TestLoadDocuments:
    def test_gives_none_for_what_must_not_be_found(self, session, make):
        shown = make.listing(status=S.PUBLISHED)
        make.right(shown)
        draft, nowhere = make.listing(), uuid4()
        hidden = make.listing(
            make.organization(status=OrganizationStatus.SUSPENDED), status=S.PUBLISHED
        )

        found = load_documents(session, [str(shown.id), draft.id, hidden.id, nowhere])

        assert found[shown.id].title == shown.title
        assert len(found[shown.id].numbers) == 2
        assert [found[key] for key in (draft.id, hidden.id, nowhere)] == [None, None, None]

    def test_few_queries_for_many(self, session, make):
        ids = [make.listing(status=S.PUBLISHED).id for _ in range(30)]
        seen = []

        def note(*args):
            seen.append(args[2])

        engine = session.get_bind().engine
        event.listen(engine, "before_cursor_execute", note)
        found = load_documents(session, ids)
        event.remove(engine, "before_cursor_execute", note)
        assert len(found) == 30
        assert len(seen) <= 3


class TestCountView:
    def test_adds_up_by_day(self, session, make):
        listing = make.listing(status=S.PUBLISHED)
        assert count_view(session, actor=VISITOR, listing_id=listing.id, on=TODAY)
        assert count_view(session, actor=make.actor(), listing_id=listing.id, on=TODAY)
        assert session.get(ListingViews, (listing.id, TODAY)).count == 2
        assert queries.count_views(session, [listing.id]) == {listing.id: 2}
        assert queries.count_views(session, [listing.id], since=date(2026, 12, 1)) == {}

    def test_not_own_people_nor_hidden_listings(self, session, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.PUBLISHED)
        assert not count_view(session, actor=make.member_of(owner), listing_id=listing.id, on=TODAY)
        assert not count_view(session, actor=VISITOR, listing_id=make.listing().id, on=TODAY)
        assert not count_view(session, actor=VISITOR, listing_id=uuid4(), on=TODAY)


class TestQueries:
    def test_tabs_count_and_show_the_same(self, session, make):
        owner = make.organization()
        for status in S:
            make.listing(owner, status=status)
        make.listing(owner, status=S.PUBLISHED, pending={"title": "x"}, pending_submitted_at=NOON)
        make.listing(owner, status=S.PUBLISHED, return_reason="x", expiry_asked_at=NOON)
        make.listing(status=S.PUBLISHED)

        counts = queries.count_tabs(session, owner.id)

        assert counts == {
            "all": 8,
            "draft": 1,
            "under_review": 2,
            "returned": 2,
            "published": 3,
            "asked": 1,
            "expired": 1,
            "withdrawn": 1,
        }
        for tab, count in counts.items():
            assert queries.list_own(session, owner.id, tab=tab).total == count

    def test_words_are_looked_for_as_written(self, session, make):
        owner = make.organization()
        wanted = make.listing(owner, title="效率100%")
        make.listing(owner, title="效率1000")
        for words in ("100%", "率100%"):
            page = queries.list_own(session, owner.id, tab="all", words=words)
            assert [row.id for row in page.items] == [wanted.id]

    def test_gone_ones_are_found_only_if_readers_saw_them(self, session, make):
        gone = make.listing(status=S.WITHDRAWN, published_at=NOON)
        assert queries.find_gone(session, gone.id).id == gone.id
        assert queries.find_gone(session, make.listing().id) is None
        assert queries.find_gone(session, uuid4()) is None

    def test_people_by_id(self, session, make):
        user = make.user()
        assert load_people(session, [user.id, None]) == {user.id: user}
        assert load_people(session, [None]) == {}
