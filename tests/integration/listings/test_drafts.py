from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.core.actor import MemberRole
from marketplace.core.audit import AuditEntry, write_pending
from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken
from marketplace.listings import queries
from marketplace.listings.content import author_content
from marketplace.listings.models import ListingStatus
from marketplace.listings.services.drafts import RightTaken, draft_listing, save_step, seen_of
from tests.factories.listings import NOON, patent_number


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def writer(make, owner):
    return make.member_of(owner, MemberRole.EDITOR)


@pytest.fixture
def full(session, writer):
    """Loads a listing as the wizard does."""
    return lambda listing: queries.get_own_listing(session, listing.id, actor=writer)


def right(number, kind="invention_patent"):
    return {"kind": kind, "number": number}


class TestDraftListing:
    def test_starts_a_draft(self, session, owner, writer):
        listing = draft_listing(
            session, actor=writer, organization_id=owner.id, title=" 激光 ", now=NOON
        )
        assert (listing.title, listing.status) == ("激光", ListingStatus.DRAFT)
        assert (listing.created_by, listing.touched_at) == (writer.user_id, NOON)
        write_pending(session)
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.object_id) == ("listing.drafted", listing.id)

    def test_not_for_others(self, session, make, owner, writer):
        for organization_id in (make.organization_id(), uuid4()):
            with pytest.raises(NotFound):
                draft_listing(
                    session, actor=writer, organization_id=organization_id, title="x", now=NOON
                )
        staff = make.member_of(owner, MemberRole.OPERATOR_STAFF)
        with pytest.raises(Denied):
            draft_listing(session, actor=staff, organization_id=owner.id, title="x", now=NOON)


class TestSaveStep:
    def _saved(self, session, writer, listing, step="basics", seen=None, **values):
        seen = seen or seen_of(queries.get_own_listing(session, listing.id, actor=writer), step)
        return save_step(
            session,
            actor=writer,
            listing_id=listing.id,
            step=step,
            values=values,
            seen=seen,
            now=NOON,
        )

    def test_saves_the_step_and_leaves_the_rest(self, session, make, owner, writer, full):
        listing = make.listing(owner)
        self._saved(session, writer, listing, title="新标题", keywords=["a"])
        row = full(listing)
        assert (row.title, row.keywords, row.trl) == ("新标题", ["a"], 6)
        assert row.edited_by == writer.user_id

    def test_the_same_values_write_nothing(self, session, make, owner, writer, full):
        listing = make.listing(owner)
        version = listing.version
        self._saved(session, writer, listing, title=listing.title)
        assert full(listing).version == version

    def test_unknown_values_fall_out(self, session, make, owner, writer, full):
        listing = make.listing(owner)
        self._saved(session, writer, listing, status="published", title="x")
        assert full(listing).status is ListingStatus.DRAFT

    def test_a_published_text_stays_until_review(self, session, make, owner, writer, full):
        listing = make.listing(owner, status=ListingStatus.PUBLISHED)
        self._saved(session, writer, listing, title="新标题")
        row = full(listing)
        assert row.title != "新标题"
        assert author_content(row)["title"] == "新标题"
        assert row.pending_submitted_at is None

    @pytest.mark.parametrize(
        "values",
        [
            {"status": ListingStatus.UNDER_REVIEW},
            {"status": ListingStatus.WITHDRAWN},
            {
                "status": ListingStatus.PUBLISHED,
                "pending": {"title": "x"},
                "pending_submitted_at": NOON,
            },
        ],
    )
    def test_not_while_a_reviewer_reads_it(self, session, make, owner, writer, values):
        listing = make.listing(owner, **values)
        with pytest.raises(Denied):
            self._saved(session, writer, listing, title="x")

    def test_is_not_found_by_strangers(self, session, make, owner, writer):
        listing = make.listing(owner, status=ListingStatus.PUBLISHED)
        seen = seen_of(queries.get_own_listing(session, listing.id, actor=writer), "basics")
        for actor in (make.member_of(make.organization()), make.reviewer(), make.administrator()):
            with pytest.raises(NotFound):
                self._saved(session, actor, listing, seen=seen, title="x")

    def test_a_false_value_is_refused(self, session, make, owner, writer):
        with pytest.raises(RuleBroken) as caught:
            self._saved(session, writer, make.listing(owner), step="evidence", trl=12)
        assert caught.value.field == "trl"


class TestTwoPeople:
    def test_the_second_one_is_told(self, session, make, owner, writer, full):
        listing = make.listing(owner)
        seen = seen_of(full(listing), "basics")
        other = make.member_of(owner)
        save_step(
            session,
            actor=other,
            listing_id=listing.id,
            step="basics",
            values={"title": "先到"},
            seen=seen,
            now=NOON,
        )

        with pytest.raises(EditedElsewhere):
            save_step(
                session,
                actor=writer,
                listing_id=listing.id,
                step="basics",
                values={"title": "后到"},
                seen=seen,
                now=NOON,
            )
        assert full(listing).title == "先到"

    def test_another_step_does_not_disturb(self, session, make, owner, writer, full):
        listing = make.listing(owner)
        seen = seen_of(full(listing), "basics")
        save_step(
            session,
            actor=writer,
            listing_id=listing.id,
            step="evidence",
            values={"trl": 7},
            seen=seen_of(full(listing), "evidence"),
            now=NOON,
        )

        save_step(
            session,
            actor=writer,
            listing_id=listing.id,
            step="basics",
            values={"title": "新"},
            seen=seen,
            now=NOON,
        )

        assert (full(listing).title, full(listing).trl) == ("新", 7)

    def test_a_forged_mark_counts_as_old(self, session, make, owner, writer):
        with pytest.raises(EditedElsewhere):
            save_step(
                session,
                actor=writer,
                listing_id=make.listing(owner).id,
                step="basics",
                values={"title": "新"},
                seen="x",
                now=NOON,
            )


class TestRights:
    def _save(self, session, writer, listing, rows):
        seen = seen_of(queries.get_own_listing(session, listing.id, actor=writer), "rights")
        return save_step(
            session,
            actor=writer,
            listing_id=listing.id,
            step="rights",
            values={"rights": rows},
            seen=seen,
            now=NOON,
        )

    def test_rows_are_added_kept_changed_and_removed(self, session, make, owner, writer, full):
        listing = make.listing(owner)
        first, second = patent_number(), patent_number()
        self._save(session, writer, listing, [right(first), right(second)])
        kept = full(listing).rights[1].id

        self._save(
            session,
            writer,
            listing,
            [right(second) | {"applicant": "大学"}, right("R1", "software")],
        )

        rows = full(listing).rights
        assert [(row.number, row.applicant) for row in rows] == [(second, "大学"), ("R1", "")]
        assert rows[0].id == kept

    def test_a_taken_number_is_refused_with_its_listing(self, session, make, owner, writer):
        mine = make.listing(owner)
        public = make.listing(status=ListingStatus.PUBLISHED)
        number = make.right(public).number
        with pytest.raises(RightTaken) as caught:
            self._save(session, writer, mine, [right(number)])
        assert caught.value.listing_id == public.id

    def test_a_hidden_listing_is_not_named(self, session, make, owner, writer):
        number = make.right(make.listing()).number
        with pytest.raises(RightTaken) as caught:
            self._save(session, writer, make.listing(owner), [right(number)])
        assert caught.value.listing_id is None

    def test_waiting_changes_are_judged_too(self, session, make, owner, writer):
        listing = make.listing(owner, status=ListingStatus.PUBLISHED)
        number = make.right(make.listing()).number
        with pytest.raises(RightTaken):
            self._save(session, writer, listing, [right(number)])

    def test_a_withdrawn_listing_frees_its_number(self, session, make, owner, writer, full):
        old = make.listing(status=ListingStatus.WITHDRAWN)
        number = make.right(old, living=False).number
        listing = make.listing(owner)
        self._save(session, writer, listing, [right(number)])
        assert full(listing).rights[0].number == number


class TestEvidence:
    def _save(self, session, writer, listing, rows):
        seen = seen_of(queries.get_own_listing(session, listing.id, actor=writer), "evidence")
        return save_step(
            session,
            actor=writer,
            listing_id=listing.id,
            step="evidence",
            values={"evidence": rows},
            seen=seen,
            now=NOON,
        )

    def test_rows_are_kept_by_level(self, session, make, owner, writer, full):
        listing = make.listing(owner)
        rows = [
            {"level": 3, "statement": "a", "attachment_id": None},
            {"level": 4, "statement": "b", "attachment_id": None},
        ]
        self._save(session, writer, listing, rows)
        kept = full(listing).evidence[1].id
        self._save(session, writer, listing, [rows[1] | {"statement": "c"}])
        assert [(row.id, row.statement) for row in full(listing).evidence] == [(kept, "c")]

    def test_a_file_of_the_listing_proves_a_level(self, session, make, owner, writer, full):
        listing = make.listing(owner)
        file = make.listing_file(listing)
        rows = [{"level": 3, "statement": "", "attachment_id": str(file.id)}]
        self._save(session, writer, listing, rows)
        assert full(listing).evidence[0].attachment_id == file.id

    def test_a_foreign_file_is_not_found(self, session, make, owner, writer):
        rows = [{"level": 3, "statement": "a", "attachment_id": str(uuid4())}]
        with pytest.raises(NotFound):
            self._save(session, writer, make.listing(owner), rows)
