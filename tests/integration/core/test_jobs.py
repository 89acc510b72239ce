from __future__ import annotations

import pytest
from sqlalchemy import update

from marketplace.core import jobs
from marketplace.core.paging import page_of
from marketplace.listings.models import Listing
from tests.jobs import topics, waiting


class TestTell:
    def test_exists_only_when_the_change_was_kept(self, session):
        with session.begin_nested() as savepoint:
            jobs.tell(session, "listing.published", id="1")
            savepoint.rollback()
        assert waiting(session) == []
        jobs.tell(session, "listing.published", id="1")
        assert waiting(session) == [("listing.published", {"id": "1"})]

    def test_tells_many_with_one_statement(self, session):
        jobs.tell_many(session, "search.sync", [{"n": 1}, {"n": 2}])
        jobs.tell_many(session, "search.sync", [])
        assert [payload["n"] for _, payload in waiting(session)] == [1, 2]

    def test_asks_for_long_work_in_a_queue_of_its_own(self, session, now):
        jobs.ask(session, "some.work", long=True, at=now, kind="x")
        assert waiting(session) == [("hearer:some.work", {"kind": "x"})]


class TestIndexing:
    def test_queues_every_changed_row_by_itself(self, session, make):
        listing = make.listing()
        listing.title = "另一个题目"
        session.flush()
        assert "search.sync" in topics(session)

    def test_refuses_bulk_changes_that_would_bypass_it(self, session):
        with pytest.raises(RuntimeError, match="index_told"):
            session.execute(update(Listing).values(title="x"))
        session.execute(update(Listing).values(title="x").execution_options(index_told=True))

    def test_splits_rows_into_batches(self, session):
        jobs.sync_rows(session, "listing", [str(n) for n in range(jobs.SYNC_BATCH + 1)])
        assert [len(payload["ids"]) for _, payload in waiting(session)] == [jobs.SYNC_BATCH, 1]


class TestPageOf:
    def test_counts_exactly_and_cuts(self, session, make):
        from sqlalchemy import select

        for _ in range(5):
            make.listing()
        page = page_of(session, select(Listing), number=2, size=2)
        assert (page.total, page.last, len(page.items), page.has_next) == (5, 3, 2, True)
        assert page_of(session, select(Listing), number=-4, size=2).number == 1
