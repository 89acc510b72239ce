from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.listings.models import EnquiryStatus, ListingStatus, ListingViews
from marketplace.organizations.models import OrganizationStatus
from marketplace.web.clock import now
from tests.clients import parsed, words
from tests.factories.listings import NOON

S = ListingStatus


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def author(client, make, owner):
    return client.sign_in(make.member(owner))


def address(owner, rest=""):
    return f"/organizations/{owner.id}/listings{rest}"


class TestIndex:
    def test_is_never_blank(self, author, owner):
        answer = author.get("/en" + address(owner))
        assert "No technologies yet" in words(answer)
        assert address(owner, "/new") in answer.text

    def test_lists_with_views_and_staleness(self, session, author, make, owner):
        listing = make.listing(
            owner, status=S.PUBLISHED, touched_at=now() - timedelta(days=200), external_id="A-7"
        )
        session.add(ListingViews(listing_id=listing.id, on=now().date(), count=31))
        session.add(
            ListingViews(listing_id=listing.id, on=(now() - timedelta(days=40)).date(), count=900)
        )
        told = words(author.get("/en" + address(owner)))
        for text in (listing.title, "A-7", " 31 ", "200 days untouched", "Published"):
            assert text in told

    def test_tabs_filter_and_words(self, author, make, owner):
        make.listing(owner, title="草稿甲")
        make.listing(owner, title="发布乙", status=S.PUBLISHED)
        drafts = words(author.get(address(owner, "?tab=draft")))
        assert "草稿甲" in drafts
        assert "发布乙" not in drafts
        found = words(author.get(address(owner, "?q=乙")))
        assert "发布乙" in found
        assert "草稿甲" not in found
        assert "Nothing here" in words(author.get("/en" + address(owner, "?q=丙")))
        assert author.get(address(owner, "?tab=nonsense&page=-3")).status_code == 200

    def test_waiting_and_returned_changes_are_marked(self, author, make, owner):
        make.listing(owner, status=S.PUBLISHED, pending={}, pending_submitted_at=NOON)
        make.listing(owner, status=S.PUBLISHED, pending={"title": "x"}, return_reason="y")
        told = words(author.get("/en" + address(owner)))
        for text in ("Changes under review", "Changes not sent", "Returned with reasons"):
            assert text in told

    def test_only_for_members(self, client, make, owner):
        client.sign_in(make.member(make.organization()))
        assert client.get(address(owner)).status_code == 404
        assert client.post(address(owner, "/steps")).status_code == 404
        assert client.get(f"/organizations/{uuid4()}/listings").status_code == 404
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        assert client.get(address(owner)).status_code == 404

    def test_mere_members_look_but_get_no_steps(self, client, make, owner):
        make.listing(owner)
        client.sign_in(make.member(owner, MemberRole.OPERATOR_STAFF))
        answer = client.get(address(owner))
        assert answer.status_code == 200
        assert not any(e.get("type") == "checkbox" for e in parsed(answer).iter("input"))

    def test_says_that_verification_is_missing(self, client, make):
        owner = make.organization(status=OrganizationStatus.APPLIED)
        client.sign_in(make.member(owner))
        assert "not verified yet" in words(client.get("/en" + address(owner)))


class TestTakeSteps:
    def _take(self, author, owner, step, *listings, **values):
        return author.post(
            "/en" + address(owner, "/steps"),
            data={"step": step, "id": [str(one.id) for one in listings], **values},
            follow_redirects=True,
        )

    def test_sends_what_can_be_sent_and_names_the_rest(self, author, make, owner):
        good = make.listing(owner)
        bad = make.listing(owner, complete=False, title="空的")
        told = words(self._take(author, owner, "send", good, bad))
        assert "Done for 1 listing." in told
        assert "空的: Not complete yet" in told
        assert (good.status, bad.status) == (S.UNDER_REVIEW, S.DRAFT)

    def test_renews(self, author, make, owner):
        listing = make.listing(owner, status=S.EXPIRED)
        self._take(author, owner, "renew", listing)
        assert listing.status is S.PUBLISHED

    def test_withdraws_with_one_reason(self, author, make, owner):
        rows = [make.listing(owner, status=S.PUBLISHED) for _ in range(2)]
        assert "Say why" in words(self._take(author, owner, "withdraw", *rows))
        told = words(self._take(author, owner, "withdraw", *rows, reason="卖了"))
        assert "Done for 2 listings." in told
        assert {row.withdrawn_reason for row in rows} == {"卖了"}

    def test_asks_for_a_tick(self, author, owner):
        assert "Tick at least one" in words(self._take(author, owner, "renew"))

    def test_foreign_ids_change_nothing(self, author, make, owner):
        mine = make.listing(owner, status=S.EXPIRED)
        foreign = make.listing(status=S.PUBLISHED)
        for step in ("renew", "withdraw", "send"):
            answer = self._take(author, owner, step, mine, foreign, reason="x")
            assert answer.status_code == 404
        assert (mine.status, foreign.status) == (S.EXPIRED, S.PUBLISHED)

    def test_nonsense_is_not_found(self, author, make, owner):
        listing = make.listing(owner)
        assert self._take(author, owner, "sell", listing).status_code == 404
        answer = author.post(address(owner, "/steps"), data={"step": "renew", "id": "x"})
        assert answer.status_code == 404


class TestLife:
    def test_each_step_by_its_button(self, author, make, owner):
        listing = make.listing(owner, status=S.EXPIRED)
        author.post(f"/listings/{listing.id}/renew")
        assert listing.status is S.PUBLISHED
        assert "reason" in author.get(f"/listings/{listing.id}/withdraw").text
        empty = author.post(f"/listings/{listing.id}/withdraw", data={"reason": " "})
        assert empty.status_code == 422
        author.post(f"/listings/{listing.id}/withdraw", data={"reason": "卖了"})
        assert listing.status is S.WITHDRAWN
        author.post(f"/listings/{listing.id}/reopen")
        assert listing.status is S.DRAFT
        author.post(f"/listings/{listing.id}/send")
        author.post(f"/listings/{listing.id}/recall")
        assert listing.status is S.DRAFT

    def test_a_step_that_cannot_be_taken_is_a_conflict(self, author, make, owner):
        listing = make.listing(owner)
        assert author.post(f"/listings/{listing.id}/renew").status_code == 409

    def test_foreign_ones_are_not_found(self, author, make):
        foreign = make.listing(status=S.PUBLISHED)
        for step in ("renew", "recall", "reopen", "send"):
            assert author.post(f"/listings/{foreign.id}/{step}").status_code == 404
        assert author.get(f"/listings/{foreign.id}/withdraw").status_code == 403
        assert author.post(f"/listings/{foreign.id}/withdraw").status_code == 403

    def test_an_administrator_withdraws_by_reason_of_law(self, client, make):
        listing = make.listing(status=S.PUBLISHED)
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        answer = client.post(f"/listings/{listing.id}/withdraw", data={"reason": "侵权"})
        assert answer.location == f"/technologies/{listing.id}"
        assert listing.status is S.WITHDRAWN


class TestDesk:
    def test_shows_what_waits(self, author, make, owner):
        make.listing(owner, title="草稿甲")
        make.listing(owner, title="退回乙", status=S.RETURNED)
        about = make.listing(owner, title="到期丙", status=S.PUBLISHED, expiry_asked_at=NOON)
        make.enquiry(about)
        make.enquiry(about, status=EnquiryStatus.ANSWERED, replied_at=NOON)
        told = words(author.get("/en/desk"))
        for text in ("草稿甲", "退回乙", "到期丙", "Messages to answer 1", "due 2026-11-24"):
            assert text in told

    def test_says_when_nothing_waits(self, author):
        assert "Nothing waits here." in words(author.get("/en/desk"))

    def test_shows_reviewers_their_queue(self, client, make):
        make.listing(status=S.UNDER_REVIEW)
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        assert "1 text waits for review" in words(client.get("/en/desk"))

    def test_is_nothing_for_people_without_organization(self, client, make):
        client.sign_in(make.user())
        assert "desk-listings" not in client.get("/desk").text
