from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from marketplace.core.actor import PlatformRole
from marketplace.drafting import publishing
from marketplace.listings import queries
from marketplace.listings.content import public_content
from marketplace.listings.models import ListingStatus
from tests.clients import parsed, words
from tests.factories.listings import NOON
from tests.jobs import run_jobs

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


def ticked(*listings):
    return [f"{listing.id}:{listing.version}" for listing in listings]


class TestPublishingTogether:
    def test_publishes_the_ticked(self, reviewer, make):
        first, second = (make.listing(status=S.UNDER_REVIEW) for _ in range(2))
        answer = reviewer.post(
            "/en" + QUEUE, data={"listing": ticked(first), "shown": ticked(first, second)}
        )
        assert (answer.status_code, answer.location) == (303, "/en" + QUEUE)
        assert (first.status, second.status) == (S.PUBLISHED, S.UNDER_REVIEW)
        assert "1 technologies published" in words(reviewer.get("/en" + QUEUE))

    def test_publishes_the_page_but_what_changed_meanwhile(self, session, reviewer, make):
        first, second = (make.listing(status=S.UNDER_REVIEW) for _ in range(2))
        shown = ticked(first, second)
        second.title = "又改了的标题"
        session.flush()
        reviewer.post("/en" + QUEUE, data={"which": "page", "shown": shown})
        assert (first.status, second.status) == (S.PUBLISHED, S.UNDER_REVIEW)
        assert "1 were left" in words(reviewer.get("/en" + QUEUE))

    def test_asks_for_a_tick_and_refuses_nonsense(self, reviewer):
        reviewer.post("/en" + QUEUE, data={})
        assert "Tick at least one" in words(reviewer.get("/en" + QUEUE))
        assert reviewer.post(QUEUE, data={"listing": "x"}).status_code == 404
        assert reviewer.get(f"{QUEUE}?organization={UUID(int=1)}").status_code == 404

    def test_narrows_the_queue_to_one_organization(self, reviewer, make):
        owner = make.organization()
        make.listing(owner, status=S.UNDER_REVIEW, title="甲的成果")
        make.listing(status=S.UNDER_REVIEW, title="乙的成果")
        told = words(reviewer.get(f"/en{QUEUE}?organization={owner.id}"))
        assert ("甲的成果" in told, "乙的成果" in told) == (True, False)

    def test_more_than_a_page_is_published_by_a_job(
        self, app, session, reviewer, make, monkeypatch
    ):
        monkeypatch.setattr(queries, "QUEUE", replace(queries.QUEUE, size=2))
        monkeypatch.setattr(publishing, "BATCH", 2)
        owner = make.organization()
        mine = [make.listing(owner, status=S.UNDER_REVIEW) for _ in range(3)]
        other = make.listing(status=S.UNDER_REVIEW)
        place = f"/en{QUEUE}?organization={owner.id}"
        page = reviewer.get(place)
        assert "Publish all 3 of this organization" in words(page)
        assert "Publish all 4 that wait" in words(reviewer.get("/en" + QUEUE))
        answer = reviewer.post(place, data={"which": "every"})
        assert answer.location.startswith("/en/jobs/")
        run_jobs(app, session)
        session.expire_all()
        assert {one.status for one in mine} == {S.PUBLISHED}
        assert other.status is S.UNDER_REVIEW
        told = words(reviewer.get(answer.location))
        assert "Done" in told
        assert "Publication of what waits" in told

    def test_the_job_leaves_what_came_later_and_the_own(self, app, session, client, make):
        owner = make.organization()
        own = make.listing(owner, status=S.UNDER_REVIEW)
        late = make.listing(
            status=S.UNDER_REVIEW, submitted_at=datetime.now(UTC) + timedelta(days=1)
        )
        early = make.listing(status=S.UNDER_REVIEW, submitted_at=NOON)
        user = make.platform_user(PlatformRole.REVIEWER)
        make.membership(user, owner)
        client.sign_in(user)
        client.post(QUEUE, data={"which": "every"})
        run_jobs(app, session)
        session.expire_all()
        assert [one.status for one in (own, late, early)] == [
            S.UNDER_REVIEW,
            S.UNDER_REVIEW,
            S.PUBLISHED,
        ]

    def test_the_own_organizations_rows_are_skipped(self, client, make):
        owner = make.organization()
        own, other = make.listing(owner, status=S.UNDER_REVIEW), make.listing(status=S.UNDER_REVIEW)
        user = make.platform_user(PlatformRole.REVIEWER)
        make.membership(user, owner)
        client.sign_in(user)
        page = parsed(client.get("/en" + QUEUE))
        boxes = [box.get("value") for box in page.findall(".//input[@name='listing']")]
        assert boxes == ticked(other)
        client.post("/en" + QUEUE, data={"listing": ticked(own, other)})
        assert (own.status, other.status) == (S.UNDER_REVIEW, S.PUBLISHED)


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
