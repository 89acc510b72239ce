from __future__ import annotations

import pytest

from marketplace.core.actor import PlatformRole
from marketplace.listings import queries
from marketplace.listings.content import public_content
from marketplace.listings.models import ListingStatus
from tests.clients import parsed, words
from tests.factories.listings import NOON

S = ListingStatus
QUEUE = "/platform/listings"


@pytest.fixture
def reviewer(client, make):
    return client.sign_in(make.platform_user(PlatformRole.REVIEWER))


def address(listing):
    return f"{QUEUE}/{listing.id}"


class TestQueue:
    def test_is_empty_at_first(self, reviewer):
        assert "Nothing to review" in words(reviewer.get("/en" + QUEUE))

    def test_names_what_waits(self, reviewer, make):
        make.listing(title="新的", status=S.UNDER_REVIEW)
        make.listing(title="改的", status=S.PUBLISHED, pending={}, pending_submitted_at=NOON)
        make.listing(title="再来", status=S.UNDER_REVIEW, published_at=NOON)
        make.listing(title="不等", status=S.PUBLISHED)
        told = words(reviewer.get("/en" + QUEUE))
        for text in ("新的", "改的", "再来", "Changes", "Again"):
            assert text in told
        assert "不等" not in told

    def test_only_for_reviewers(self, client, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        client.sign_in(make.member(make.organization()))
        for place in (QUEUE, address(listing)):
            assert client.get(place).status_code == 404
        assert client.post(address(listing), data={"decision": "publish"}).status_code == 404


class TestReview:
    def test_shows_the_difference_to_the_public_text(self, session, reviewer, make):
        listing = make.listing(status=S.PUBLISHED)
        row = queries.load_listings(session, [listing.id])[0]
        row.pending = public_content(row) | {"title": listing.title.replace("三", "五")}
        row.pending_submitted_at = NOON
        page = reviewer.get("/en" + address(listing))
        assert [mark.text for mark in parsed(page).iter("ins")] == ["Words added", "五"]
        assert [mark.text for mark in parsed(page).iter("del")] == ["Words removed", "三"]
        assert "What changed since the last reviewed text" in words(page)

    def test_the_first_review_shows_all_without_marks(self, reviewer, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        page = reviewer.get("/en" + address(listing))
        assert listing.problem in words(page)
        assert list(parsed(page).iter("ins")) == []

    def test_publishes(self, reviewer, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        answer = reviewer.post(
            address(listing), data={"decision": "publish", "seen": listing.version}
        )
        assert answer.location == QUEUE
        assert listing.status is S.PUBLISHED

    def test_returns_with_prepared_and_own_reasons(self, reviewer, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        reviewer.post(
            address(listing),
            data={
                "decision": "return",
                "seen": listing.version,
                "prepared": ["0", "4"],
                "reason": "表 2 的单位有误。",
            },
        )
        assert listing.status is S.RETURNED
        lines = listing.return_reason.splitlines()
        assert len(lines) == 3
        assert lines[2] == "表 2 的单位有误。"

    def test_asks_for_a_reason(self, reviewer, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        answer = reviewer.post(
            "/en" + address(listing), data={"decision": "return", "seen": listing.version}
        )
        assert answer.status_code == 422
        assert "Say why" in words(answer)
        assert listing.status is S.UNDER_REVIEW

    @pytest.mark.parametrize("seen", ["0", "", "x", "99"])
    def test_a_text_that_changed_is_read_again(self, reviewer, make, seen):
        listing = make.listing(status=S.UNDER_REVIEW)
        answer = reviewer.post("/en" + address(listing), data={"decision": "publish", "seen": seen})
        assert answer.status_code == 422
        assert "Read the changes and decide again" in words(answer)
        assert listing.status is S.UNDER_REVIEW

    def test_nonsense_reasons_are_refused(self, reviewer, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        answer = reviewer.post(
            address(listing),
            data={"decision": "return", "seen": listing.version, "prepared": ["99"]},
        )
        assert answer.status_code == 422

    def test_the_own_organizations_text_is_left_to_others(self, client, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.UNDER_REVIEW)
        user = make.platform_user(PlatformRole.REVIEWER)
        make.membership(user, owner)
        client.sign_in(user)
        assert "somebody else decides" in words(client.get("/en" + QUEUE))
        page = client.get("/en" + address(listing))
        assert "somebody else decides" in words(page)
        assert 'value="publish"' not in page.text
        answer = client.post(
            address(listing), data={"decision": "publish", "seen": listing.version}
        )
        assert answer.status_code == 403
        assert listing.status is S.UNDER_REVIEW

    def test_nothing_to_decide_is_said(self, reviewer, make):
        listing = make.listing(status=S.PUBLISHED)
        assert "No text of this listing waits" in words(reviewer.get("/en" + address(listing)))
        answer = reviewer.post(
            address(listing), data={"decision": "publish", "seen": listing.version}
        )
        assert answer.status_code == 422
        assert reviewer.get(address(make.listing())).status_code == 404
