from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace import relay
from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.listings.models import IpRight, ListingRevision, ListingStatus
from marketplace.listings.services.life import (
    ask_stale,
    hide_stale,
    in_bulk,
    renew_listing,
    reopen_listing,
    withdraw_listing,
)
from tests.factories.listings import NOON
from tests.jobs import run_jobs, topics, waiting

S = ListingStatus
DAY = timedelta(days=1)


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def writer(make, owner):
    return make.member_of(owner)


class TestRenew:
    def test_shows_an_expired_listing_again(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.EXPIRED, expiry_asked_at=NOON - DAY)
        renew_listing(session, actor=writer, listing_id=listing.id, now=NOON)
        assert (listing.status, listing.touched_at) == (S.PUBLISHED, NOON)
        assert listing.expiry_asked_at is None
        assert topics(session) == {"listing.renewed", "search.sync"}

    def test_answers_the_question_about_a_published_one(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.PUBLISHED, expiry_asked_at=NOON - DAY)
        renew_listing(session, actor=writer, listing_id=listing.id, now=NOON)
        assert listing.expiry_asked_at is None

    def test_not_a_draft(self, session, make, owner, writer):
        with pytest.raises(StepNotAllowed):
            renew_listing(session, actor=writer, listing_id=make.listing(owner).id, now=NOON)

    def test_not_by_others(self, session, make, owner):
        listing = make.listing(owner, status=S.PUBLISHED)
        with pytest.raises(NotFound):
            renew_listing(session, actor=make.administrator(), listing_id=listing.id, now=NOON)
        staff = make.member_of(owner, MemberRole.OPERATOR_STAFF)
        with pytest.raises(Denied):
            renew_listing(session, actor=staff, listing_id=listing.id, now=NOON)


class TestWithdrawAndReopen:
    def _withdrawn(self, session, actor, listing, reason="Sold."):
        return withdraw_listing(
            session, actor=actor, listing_id=listing.id, reason=reason, now=NOON
        )

    @pytest.mark.parametrize(
        "status", [S.DRAFT, S.RETURNED, S.UNDER_REVIEW, S.PUBLISHED, S.EXPIRED]
    )
    def test_frees_the_rights(self, session, make, owner, writer, status):
        listing = make.listing(owner, status=status, pending={"title": "x"})
        number = make.right(listing).number
        self._withdrawn(session, writer, listing)
        assert (listing.status, listing.pending) == (S.WITHDRAWN, None)
        make.right(make.listing(), number=number)

    def test_needs_a_reason(self, session, make, owner, writer):
        with pytest.raises(RuleBroken) as caught:
            self._withdrawn(session, writer, make.listing(owner), reason=" ")
        assert caught.value.field == "reason"

    def test_an_administrator_may(self, session, make):
        listing = make.listing(status=S.PUBLISHED)
        self._withdrawn(session, make.administrator(), listing)
        assert listing.status is S.WITHDRAWN

    def test_others_may_not(self, session, make, owner):
        listing = make.listing(owner, status=S.PUBLISHED)
        for actor in (make.reviewer(), make.member_of(make.organization())):
            with pytest.raises(Denied):
                self._withdrawn(session, actor, listing)

    def test_reopened_it_is_a_draft_and_its_old_text_is_kept(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.WITHDRAWN, published_at=NOON)
        right = make.right(listing, living=False)
        reopen_listing(session, actor=writer, listing_id=listing.id, now=NOON)
        assert (listing.status, listing.withdrawn_reason) == (S.DRAFT, "")
        assert session.get(IpRight, right.id).living
        assert session.scalars(select(ListingRevision.content)).one()["title"] == listing.title

    def test_a_never_published_one_leaves_no_revision(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.WITHDRAWN)
        reopen_listing(session, actor=writer, listing_id=listing.id, now=NOON)
        assert session.scalars(select(ListingRevision)).all() == []

    def test_not_when_its_right_was_listed_anew(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.WITHDRAWN)
        number = make.right(listing, living=False).number
        make.right(make.listing(), number=number)
        with pytest.raises(RuleBroken, match="already names the right"):
            reopen_listing(session, actor=writer, listing_id=listing.id, now=NOON)


def test_in_bulk_goes_on_after_a_refusal(session, make, owner, writer):
    good = make.listing(owner, status=S.PUBLISHED)
    bad = make.listing(owner)

    done, refused = in_bulk(
        session,
        [bad.id, good.id],
        lambda identity: renew_listing(session, actor=writer, listing_id=identity, now=NOON),
    )

    assert (done, [identity for identity, _ in refused]) == (1, [bad.id])


class TestExpiry:
    def test_asks_after_180_days_and_once(self, session, make):
        old = make.listing(status=S.PUBLISHED, touched_at=NOON - 180 * DAY)
        make.listing(status=S.PUBLISHED, touched_at=NOON - 179 * DAY)
        make.listing(touched_at=NOON - 300 * DAY)
        assert ask_stale(session, now=NOON, days=180) == 1
        assert old.expiry_asked_at == NOON
        assert ("listing.expiry_asked", {"id": str(old.id)}) in waiting(session)
        assert ask_stale(session, now=NOON, days=180) == 0

    def test_hides_14_days_after_the_question(self, session, make):
        silent = make.listing(status=S.PUBLISHED, expiry_asked_at=NOON - 14 * DAY)
        asked = make.listing(status=S.PUBLISHED, expiry_asked_at=NOON - 13 * DAY)
        assert hide_stale(session, now=NOON, days=14) == 1
        assert (silent.status, asked.status) == (S.EXPIRED, S.PUBLISHED)
        assert "listing.expired" in topics(session)

    def test_runs_by_itself_at_night(self, app, session, make):
        silent = make.listing(
            status=S.PUBLISHED, touched_at=NOON - 600 * DAY, expiry_asked_at=NOON - 300 * DAY
        )
        old = make.listing(status=S.PUBLISHED, touched_at=NOON - 600 * DAY)
        assert "listings.expire" in relay.PERIODIC
        from marketplace import worker

        worker.run_in(session, app, "hearer:listings.expire", {})
        assert (silent.status, old.status) == (S.EXPIRED, S.PUBLISHED)
        assert old.expiry_asked_at is not None

    def test_listings_follow_their_organization(self, app, session, make, owner):
        from marketplace.core import jobs

        shown = make.listing(owner, status=S.PUBLISHED)
        make.listing(owner)
        jobs.tell(session, "organization.changed", id=str(owner.id))
        run_jobs(app, session, rounds=2)
        synced = [payload for name, payload in waiting(session) if name == "search.sync"]
        assert {"kind": "listing", "ids": [str(shown.id)]} in synced
