from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole
from marketplace.core.audit import AuditEntry, write_pending
from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken, StepNotAllowed
from marketplace.listings import queries
from marketplace.listings.content import public_content
from marketplace.listings.models import ListingRevision, ListingStatus
from marketplace.listings.services.drafts import RightTaken
from marketplace.listings.services.reviews import (
    compared_with,
    publish_listing,
    recall_listing,
    return_listing,
    send_for_review,
)
from marketplace.organizations.models import OrganizationStatus
from tests.factories.listings import NOON
from tests.jobs import topics

S = ListingStatus


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def writer(make, owner):
    return make.member_of(owner, MemberRole.TTO_OFFICER)


def changed(listing, **values):
    """Waiting changes to a published listing."""
    return public_content(listing) | values


@pytest.fixture
def waiting_change(session, make, owner, writer):
    """A published listing with changes before the reviewers."""
    listing = make.listing(owner, status=S.PUBLISHED, published_at=NOON - timedelta(days=30))
    make.right(listing)
    row = queries.get_own_listing(session, listing.id, actor=writer, lock=True)
    row.pending = changed(row, title="新标题", rights=[])
    row.pending_submitted_at = NOON
    session.flush()
    return row


class TestSendForReview:
    def test_puts_a_draft_into_the_queue(self, session, make, owner, writer):
        listing = make.listing(owner)
        send_for_review(session, actor=writer, listing_id=listing.id, now=NOON)
        assert (listing.status, listing.submitted_at) == (S.UNDER_REVIEW, NOON)
        assert topics(session) == {"listing.sent", "search.sync"}
        assert [row.id for row in queries.QUEUE.page(session).items] == [listing.id]

    def test_forgets_the_old_reason(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.RETURNED)
        send_for_review(session, actor=writer, listing_id=listing.id, now=NOON)
        assert listing.return_reason == ""

    def test_an_incomplete_text_stays_with_its_author(self, session, make, owner, writer):
        listing = make.listing(owner, complete=False, title="x")
        with pytest.raises(RuleBroken) as caught:
            send_for_review(session, actor=writer, listing_id=listing.id, now=NOON)
        assert caught.value.field == "summary"
        assert listing.status is S.DRAFT

    def test_an_imported_text_is_judged_by_the_rules_of_imports(self, session, make, owner, writer):
        listing = make.listing(owner, complete=False, title="x", abstract="y", source_hash="h")
        send_for_review(session, actor=writer, listing_id=listing.id, now=NOON)
        assert listing.status is S.UNDER_REVIEW

    def test_only_for_verified_organizations(self, session, make):
        owner = make.organization(status=OrganizationStatus.APPLIED)
        listing = make.listing(owner)
        with pytest.raises(RuleBroken, match="verified"):
            send_for_review(session, actor=make.member_of(owner), listing_id=listing.id, now=NOON)

    def test_not_by_staff_or_strangers(self, session, make, owner):
        listing = make.listing(owner)
        staff = make.member_of(owner, MemberRole.OPERATOR_STAFF)
        with pytest.raises(Denied):
            send_for_review(session, actor=staff, listing_id=listing.id, now=NOON)
        with pytest.raises(NotFound):
            send_for_review(
                session, actor=make.member_of(make.organization()), listing_id=listing.id, now=NOON
            )

    def test_changes_of_a_published_text(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.PUBLISHED)
        with pytest.raises(StepNotAllowed):
            send_for_review(session, actor=writer, listing_id=listing.id, now=NOON)
        row = queries.get_own_listing(session, listing.id, actor=writer)
        row.pending = changed(row, title="新")
        send_for_review(session, actor=writer, listing_id=listing.id, now=NOON)
        assert (row.status, row.pending_submitted_at) == (S.PUBLISHED, NOON)
        with pytest.raises(StepNotAllowed):
            send_for_review(session, actor=writer, listing_id=listing.id, now=NOON)

    def test_a_right_taken_meanwhile_is_named(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.PUBLISHED)
        number = make.right(make.listing()).number
        row = queries.get_own_listing(session, listing.id, actor=writer)
        row.pending = changed(row, rights=[{"kind": "invention_patent", "number": number}])
        with pytest.raises(RightTaken):
            send_for_review(session, actor=writer, listing_id=listing.id, now=NOON)


class TestRecall:
    def test_takes_a_draft_back(self, session, make, owner, writer):
        listing = make.listing(owner, status=S.UNDER_REVIEW)
        recall_listing(session, actor=writer, listing_id=listing.id, now=NOON)
        assert listing.status is S.DRAFT

    def test_takes_changes_back(self, session, writer, waiting_change):
        recall_listing(session, actor=writer, listing_id=waiting_change.id, now=NOON)
        assert waiting_change.pending_submitted_at is None
        assert waiting_change.pending["title"] == "新标题"

    def test_nothing_to_take_back(self, session, make, owner, writer):
        with pytest.raises(StepNotAllowed):
            recall_listing(session, actor=writer, listing_id=make.listing(owner).id, now=NOON)


class TestPublishListing:
    def _published(self, session, actor, listing, seen=None):
        return publish_listing(
            session, actor=actor, listing_id=listing.id, seen=seen or listing.version, now=NOON
        )

    def test_makes_it_public_and_tells(self, session, make, owner):
        listing = make.listing(owner, status=S.UNDER_REVIEW)
        reviewer = make.reviewer()
        self._published(session, reviewer, listing)
        assert (listing.status, listing.published_at) == (S.PUBLISHED, NOON)
        assert listing.reviewed_by == reviewer.user_id
        assert topics(session) == {"listing.published", "search.sync"}
        write_pending(session)
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "listing.published")
        ).one()
        assert entry.object_id == listing.id
        assert entry.details["mark"]

    @pytest.mark.parametrize("state", [S.RETURNED, S.PUBLISHED, S.EXPIRED, S.WITHDRAWN])
    def test_starts_only_from_review(self, session, make, state):
        listing = make.listing(status=state)
        with pytest.raises(StepNotAllowed):
            self._published(session, make.reviewer(), listing)

    def test_a_draft_does_not_exist_for_reviewers(self, session, make):
        with pytest.raises(NotFound):
            self._published(session, make.reviewer(), make.listing())

    def test_is_refused_to_the_owner_even_as_reviewer(self, session, make, owner):
        listing = make.listing(owner, status=S.UNDER_REVIEW)
        with pytest.raises(Denied):
            self._published(session, make.reviewer(member_of=owner), listing)

    def test_a_text_that_changed_since_is_read_again(self, session, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        with pytest.raises(EditedElsewhere):
            self._published(session, make.reviewer(), listing, seen=listing.version + 1)

    def test_an_incomplete_text_is_not_published(self, session, make):
        listing = make.listing(status=S.UNDER_REVIEW, trl=None)
        with pytest.raises(RuleBroken):
            self._published(session, make.reviewer(), listing)

    def test_changes_replace_the_text_and_the_old_one_is_kept(self, session, make, waiting_change):
        old, first = waiting_change.title, waiting_change.published_at
        number = waiting_change.rights[0].number

        self._published(session, make.reviewer(), waiting_change)

        assert (waiting_change.title, waiting_change.pending) == ("新标题", None)
        assert waiting_change.published_at == first
        assert waiting_change.rights == []
        revision = session.scalars(select(ListingRevision)).one()
        assert (revision.number, revision.content["title"]) == (1, old)
        assert revision.content["rights"][0]["number"] == number
        assert revision.reviewed_at == first

    def test_changes_show_an_expired_listing_again(self, session, make, waiting_change):
        waiting_change.status = S.EXPIRED
        session.flush()
        self._published(session, make.reviewer(), waiting_change)
        assert waiting_change.status is S.PUBLISHED


class TestReturnListing:
    def _returned(self, session, actor, listing, reason="Measure the gain."):
        return return_listing(
            session,
            actor=actor,
            listing_id=listing.id,
            reason=reason,
            seen=listing.version,
            now=NOON,
        )

    def test_gives_it_back_with_the_reason(self, session, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        self._returned(session, make.reviewer(), listing)
        assert (listing.status, listing.return_reason) == (S.RETURNED, "Measure the gain.")
        assert "listing.returned" in topics(session)

    def test_leaves_the_public_text_of_a_published_listing(self, session, make, waiting_change):
        self._returned(session, make.reviewer(), waiting_change)
        assert waiting_change.status is S.PUBLISHED
        assert waiting_change.pending["title"] == "新标题"
        assert waiting_change.pending_submitted_at is None
        assert waiting_change.return_reason == "Measure the gain."

    def test_asks_for_a_reason(self, session, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        with pytest.raises(RuleBroken) as caught:
            self._returned(session, make.reviewer(), listing, reason="  ")
        assert caught.value.field == "reason"

    def test_not_for_the_own_organization(self, session, make, owner):
        listing = make.listing(owner, status=S.UNDER_REVIEW)
        with pytest.raises(Denied):
            self._returned(session, make.reviewer(member_of=owner), listing)


class TestComparedWith:
    def test_nothing_at_the_first_review(self, session, make):
        assert compared_with(session, make.listing(status=S.UNDER_REVIEW)) == {}

    def test_the_public_text_of_a_published_listing(self, session, waiting_change):
        assert compared_with(session, waiting_change)["title"] == waiting_change.title

    def test_the_kept_text_after_a_reopening(self, session, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        for number in (1, 2):
            session.add(
                ListingRevision(
                    listing_id=listing.id,
                    number=number,
                    content={"title": f"old {number}"},
                    reviewed_at=NOON,
                )
            )
        session.flush()
        assert compared_with(session, listing)["title"] == "old 2"
        assert [row.number for row in queries.list_revisions(session, listing.id)] == [2, 1]
