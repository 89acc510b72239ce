"""Many texts published at once: what is told and noted, and what stays."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.audit import AuditEntry, write_pending
from marketplace.core.errors import Denied
from marketplace.listings import queries
from marketplace.listings.content import public_content
from marketplace.listings.models import ListingStatus
from marketplace.listings.services.publishing import PUBLISHING, publish_many
from tests.factories.listings import NOON
from tests.jobs import waiting

S = ListingStatus


def versions(*listings):
    return {listing.id: listing.version for listing in listings}


class TestPublishMany:
    def test_tells_and_notes_each_organization_once(self, session, make):
        owner, other = make.organization(), make.organization()
        mine = [make.listing(owner, status=S.UNDER_REVIEW) for _ in range(2)]
        theirs = make.listing(other, status=S.UNDER_REVIEW)
        reviewer = make.reviewer()
        became = publish_many(session, actor=reviewer, versions=versions(*mine, theirs), now=NOON)
        assert (set(became.done), became.left) == ({one.id for one in [*mine, theirs]}, 0)
        assert {(one.status, one.published_at, one.reviewed_by) for one in [*mine, theirs]} == {
            (S.PUBLISHED, NOON, reviewer.user_id)
        }
        facts = [payload["ids"] for name, payload in waiting(session) if name.endswith("published")]
        assert sorted(len(ids) for ids in facts) == [1, 2]
        write_pending(session)
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "listings.published")
        ).all()
        assert {entry.object_id for entry in entries} == {owner.id, other.id}
        marked = next(entry for entry in entries if entry.object_id == owner.id)
        assert set(marked.details["marks"]) == {str(one.id) for one in mine}

    def test_asks_for_the_index_once_for_all(self, session, make):
        rows = [make.listing(status=S.UNDER_REVIEW) for _ in range(5)]
        session.flush()
        before = len(waiting(session))
        publish_many(session, actor=make.reviewer(), versions=versions(*rows), now=NOON)
        added = [payload for name, payload in waiting(session)[before:] if name == "search.sync"]
        assert [len(payload["ids"]) for payload in added] == [5]

    def test_a_change_whose_right_was_taken_keeps_nothing_else_back(self, session, make):
        held = make.right(make.listing(status=S.PUBLISHED))
        changed = make.listing(status=S.PUBLISHED, published_at=NOON)
        fine = make.listing(status=S.PUBLISHED, published_at=NOON)
        fresh = make.listing(status=S.UNDER_REVIEW)
        right = {"kind": held.kind.value, "number": held.number}
        for listing, values in ((changed, {"rights": [right]}), (fine, {"title": "新标题"})):
            row = queries.load_listings(session, [listing.id])[0]
            row.pending = public_content(row) | values
            row.pending_submitted_at = NOON
        session.flush()
        became = publish_many(
            session, actor=make.reviewer(), versions=versions(changed, fine, fresh), now=NOON
        )
        assert (set(became.done), became.left) == ({fine.id, fresh.id}, 1)
        assert fine.title == "新标题"
        session.refresh(changed)
        assert changed.pending is not None

    def test_an_incomplete_text_stays(self, session, make):
        bare = make.listing(complete=False, title="x", status=S.UNDER_REVIEW)
        became = publish_many(session, actor=make.reviewer(), versions=versions(bare), now=NOON)
        assert (became.done, became.left, bare.status) == ((), 1, S.UNDER_REVIEW)

    def test_only_for_reviewers(self, session, make):
        listing = make.listing(status=S.UNDER_REVIEW)
        member = make.member_of(make.organization())
        with pytest.raises(Denied):
            publish_many(session, actor=member, versions=versions(listing), now=NOON)
        with pytest.raises(Denied):
            PUBLISHING.begin(session, actor=member, organization_id=None, subject="", now=NOON)
