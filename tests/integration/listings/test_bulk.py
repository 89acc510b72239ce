from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from marketplace.core.actor import MemberRole
from marketplace.core.audit import AuditEntry, write_pending
from marketplace.core.bulk import RowState
from marketplace.core.errors import Denied
from marketplace.listings.models import IpRight, Listing, ListingRevision, ListingStatus
from marketplace.listings.services.bulk import upsert_listings
from marketplace.listings.services.records import RightRecord
from marketplace.organizations.models import OrganizationStatus
from tests.factories.listings import NOON, patent_number
from tests.jobs import waiting


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def editor(make, owner):
    return make.member_of(owner, MemberRole.EDITOR)


def brought(session, owner, records, *, actor=None, publish=False, now=NOON, **options):
    return upsert_listings(
        session,
        actor=actor,
        organization_id=owner.id,
        records=records,
        publish=publish,
        now=now,
        **options,
    )


def stored(session, owner):
    return session.scalars(
        select(Listing).where(Listing.organization_id == owner.id).order_by(Listing.external_id)
    ).all()


class TestUpsertListings:
    def test_makes_drafts_with_all_values(self, session, make, owner, editor):
        number = patent_number()
        record = make.listing_record(
            keywords=("激光",),
            field_codes=("0802",),
            price_mode="range",
            price_minor=100,
            price_max_minor=200,
            trl=4,
            evidence=({"level": 4, "statement": "台架试验"},),
            rights=(RightRecord(kind="invention_patent", number=number, filed_on=NOON.date()),),
            is_demo=True,
        )

        outcome = brought(session, owner, [record], actor=editor)

        assert (outcome.new, outcome.changed, outcome.unchanged, outcome.failed) == (1, 0, 0, ())
        listing = stored(session, owner)[0]
        assert listing.id == outcome.rows[0].id
        assert listing.status is ListingStatus.DRAFT
        assert (listing.title, listing.keywords, listing.trl) == (record.title, ["激光"], 4)
        assert (listing.price_minor, listing.price_max_minor) == (100, 200)
        assert (listing.created_by, listing.touched_at) == (editor.user_id, NOON)
        assert listing.published_at is None
        assert listing.is_demo
        assert listing.version == 1
        right = session.scalars(select(IpRight).where(IpRight.listing_id == listing.id)).one()
        assert (right.number, right.expires_on.year) == (number, 2046)

    def test_publishes_from_the_command_line(self, session, make, owner):
        outcome = brought(session, owner, [make.listing_record()], publish=True)

        listing = stored(session, owner)[0]
        assert (listing.status, listing.published_at) == (ListingStatus.PUBLISHED, NOON)
        told = waiting(session)
        assert ("listings.published", {"ids": [str(outcome.rows[0].id)]}) in told

    def test_knows_records_again(self, session, make, owner):
        record = make.listing_record()
        brought(session, owner, [record], publish=True)

        again = brought(session, owner, [record], publish=True)

        assert (again.unchanged, again.new, again.changed) == (1, 0, 0)
        assert len(stored(session, owner)) == 1

    def test_an_unchanged_record_leaves_later_edits_alone(self, session, make, owner):
        record = make.listing_record()
        brought(session, owner, [record])
        stored(session, owner)[0].title = "改好的标题"
        session.flush()

        assert brought(session, owner, [record]).unchanged == 1
        assert stored(session, owner)[0].title == "改好的标题"

    def test_keeps_the_replaced_text_of_a_published_listing(self, session, make, owner):
        record = make.listing_record(rights=(RightRecord(kind="software", number="a 1"),))
        brought(session, owner, [record], publish=True)
        newer = replace(record, title="新标题", rights=(RightRecord(kind="software", number="A2"),))

        outcome = brought(session, owner, [newer], publish=True, now=NOON + timedelta(days=1))

        assert outcome.changed == 1
        listing = stored(session, owner)[0]
        assert (listing.title, listing.version) == ("新标题", 2)
        assert listing.published_at == NOON
        revision = session.scalars(select(ListingRevision)).one()
        assert revision.content["title"] == record.title
        assert revision.content["rights"][0]["number"] == "A1"
        numbers = session.scalars(select(IpRight.number).where(IpRight.listing_id == listing.id))
        assert list(numbers) == ["A2"]

    def test_without_publish_a_change_waits_beside_the_public_text(
        self, session, make, owner, editor
    ):
        record = make.listing_record()
        brought(session, owner, [record], publish=True)

        outcome = brought(session, owner, [replace(record, title="新标题")], actor=editor)

        listing = stored(session, owner)[0]
        assert outcome.changed == 1
        assert listing.title == record.title
        assert listing.pending["title"] == "新标题"
        assert listing.pending_submitted_at is None

    def test_publishes_a_known_draft(self, session, make, owner):
        record = make.listing_record()
        brought(session, owner, [record])

        assert brought(session, owner, [record], publish=True).changed == 1
        assert stored(session, owner)[0].status is ListingStatus.PUBLISHED

    def test_refuses_a_withdrawn_listing(self, session, make, owner):
        record = make.listing_record()
        make.listing(owner, external_id=record.external_id, status=ListingStatus.WITHDRAWN)

        outcome = brought(session, owner, [record])

        assert outcome.failed[0].error.message.startswith("This listing was withdrawn")

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"title": " "}, "title"),
            ({"external_id": "  "}, "external_id"),
            ({"abstract": ""}, "summary"),
            ({"title": "x" * 201}, "title"),
            ({"trl": 10}, "trl"),
            ({"year": 12}, "year"),
            ({"kind": "toy"}, "kind"),
            ({"language": "fr"}, "language"),
            ({"industry_codes": ("ZZ",)}, "industry_codes"),
            ({"cooperation": ("gift",)}, "cooperation"),
            ({"price_mode": "fixed"}, "price"),
            ({"price_mode": "range", "price_minor": 5, "price_max_minor": 4}, "price_max"),
            ({"keywords": ("a\0b",)}, "keywords"),
            ({"abstract": "a\ud800"}, "abstract"),
            ({"keywords": tuple("abcdefg" * 10)}, "keywords"),
            ({"rights": (RightRecord(kind="crown"),)}, "rights"),
            (
                {"rights": (RightRecord(kind="invention_patent", number="ZL201710601862.4"),)},
                "rights",
            ),
        ],
    )
    def test_refuses_one_record_and_goes_on(self, session, make, owner, values, field):
        good = make.listing_record()
        bad = make.listing_record(**values)

        outcome = brought(session, owner, [bad, good])

        assert [row.state for row in outcome.rows] == [RowState.FAILED, RowState.NEW]
        assert outcome.rows[0].error.field == field
        assert outcome.rows[0].id is None
        assert len(stored(session, owner)) == 1

    def test_refuses_a_right_of_another_listing_and_one_twice(self, session, make, owner):
        taken = make.right(make.listing()).number
        fresh = patent_number()

        def named(number):
            return make.listing_record(
                rights=(RightRecord(kind="invention_patent", number=number),)
            )

        outcome = brought(session, owner, [named(taken), named(fresh), named(fresh)])

        assert [row.state for row in outcome.rows] == [
            RowState.FAILED,
            RowState.NEW,
            RowState.FAILED,
        ]

    def test_refuses_a_number_twice_in_a_batch(self, session, make, owner):
        record = make.listing_record()
        outcome = brought(session, owner, [record, replace(record, title="b")])
        assert [row.state for row in outcome.rows] == [RowState.NEW, RowState.FAILED]

    def test_dry_run_writes_nothing(self, session, make, owner):
        known = make.listing_record()
        brought(session, owner, [known])
        before = waiting(session)

        outcome = brought(
            session, owner, [replace(known, title="b"), make.listing_record()], dry_run=True
        )

        assert (outcome.changed, outcome.new) == (1, 1)
        assert outcome.rows[0].id is not None
        assert outcome.rows[1].id is None
        assert [row.title for row in stored(session, owner)] == [known.title]
        assert waiting(session) == before

    def test_a_batch_is_a_handful_of_statements(self, session, make, owner):
        records = [
            make.listing_record(rights=(RightRecord(kind="software", number=f"S{index}"),))
            for index in range(300)
        ]
        seen = []
        engine = session.get_bind().engine

        def note(*args):
            seen.append(args[2])

        event.listen(engine, "before_cursor_execute", note)
        brought(session, owner, records)
        event.remove(engine, "before_cursor_execute", note)

        assert len(seen) <= 12
        assert [
            len(payload["ids"]) for name, payload in waiting(session) if name == "search.sync"
        ] == [200, 100]

    def test_writes_one_audit_entry(self, session, make, owner, editor):
        brought(session, owner, [make.listing_record() for _ in range(3)], actor=editor)
        write_pending(session)

        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "listings.imported")
        ).one()
        assert (entry.object_id, entry.actor_id) == (owner.id, editor.user_id)
        assert entry.details["new"] == 3

    def test_nothing_to_do_leaves_no_trace(self, session, owner):
        assert brought(session, owner, []).rows == ()
        write_pending(session)
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


class TestSending:
    def test_new_rows_go_to_the_reviewers_together(self, session, make, owner, editor):
        records = [make.listing_record() for _ in range(3)]
        outcome = brought(session, owner, records, actor=editor, send=True)
        rows = stored(session, owner)
        assert outcome.new == 3
        assert {(row.status, row.submitted_at) for row in rows} == {
            (ListingStatus.UNDER_REVIEW, NOON)
        }
        facts = [payload for name, payload in waiting(session) if name == "listings.sent"]
        assert [len(fact["ids"]) for fact in facts] == [3]
        write_pending(session)
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "listings.imported")
        ).one()
        assert (entry.details["sent"], entry.details["published"]) == (3, False)

    def test_known_drafts_are_sent_as_people_left_them(self, session, make, owner, editor):
        record = make.listing_record()
        brought(session, owner, [record], actor=editor)
        (row,) = stored(session, owner)
        row.title = "由人改过的标题"
        session.flush()
        preview = brought(session, owner, [record], actor=editor, send=True, dry_run=True)
        assert (preview.changed, row.status) == (1, ListingStatus.DRAFT)
        assert brought(session, owner, [record], actor=editor, send=True).changed == 1
        session.refresh(row)
        assert (row.status, row.title) == (ListingStatus.UNDER_REVIEW, "由人改过的标题")
        assert brought(session, owner, [record], actor=editor, send=True).unchanged == 1

    def test_a_known_draft_that_lacks_the_least_stays(self, session, make, owner, editor):
        record = make.listing_record()
        brought(session, owner, [record], actor=editor)
        (row,) = stored(session, owner)
        row.title = ""
        session.flush()
        assert brought(session, owner, [record], actor=editor, send=True).unchanged == 1
        session.refresh(row)
        assert row.status is ListingStatus.DRAFT

    def test_what_was_returned_comes_back_when_it_was_mended(self, session, make, owner, editor):
        record = make.listing_record()
        brought(session, owner, [record], actor=editor)
        (row,) = stored(session, owner)
        row.status, row.return_reason = ListingStatus.RETURNED, "请补充简介"
        session.flush()
        assert brought(session, owner, [record], actor=editor, send=True).unchanged == 1
        mended = replace(record, abstract="采用激光除锈，附试验数据。")
        assert brought(session, owner, [mended], actor=editor, send=True).changed == 1
        session.refresh(row)
        assert (row.status, row.return_reason) == (ListingStatus.UNDER_REVIEW, "")

    def test_a_change_of_a_published_text_waits_with_the_reviewers(
        self, session, make, owner, editor
    ):
        record = make.listing_record()
        brought(session, owner, [record], publish=True)
        newer = replace(record, abstract="新简介")
        brought(session, owner, [newer], actor=editor, send=True)
        (row,) = stored(session, owner)
        assert (row.status, row.pending_submitted_at) == (ListingStatus.PUBLISHED, NOON)

    def test_only_for_writers_of_a_verified_organization(self, session, make, owner):
        young = make.organization(status=OrganizationStatus.APPLIED)
        for organization, actor in (
            (young, make.member_of(young)),
            (owner, make.administrator()),
            (owner, None),
        ):
            with pytest.raises(Denied):
                brought(session, organization, [make.listing_record()], actor=actor, send=True)


class TestRights:
    def test_strangers_and_mere_members_write_nothing(self, session, make, owner):
        strangers = [
            make.member_of(make.organization()),
            make.member_of(owner, MemberRole.OPERATOR_STAFF),
            make.actor(),
            make.reviewer(),
        ]
        for actor in strangers:
            with pytest.raises(Denied):
                brought(session, owner, [make.listing_record()], actor=actor)

    def test_nobody_publishes_for_their_own_organization(self, session, make, owner, editor):
        for actor in (editor, make.reviewer(member_of=owner)):
            with pytest.raises(Denied):
                brought(session, owner, [make.listing_record()], actor=actor, publish=True)

    def test_a_foreign_reviewer_publishes(self, session, make, owner):
        outcome = brought(
            session, owner, [make.listing_record()], actor=make.reviewer(), publish=True
        )
        assert outcome.new == 1
