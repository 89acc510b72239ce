"""Writing many needs at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from marketplace.core import audit
from marketplace.core.actor import PlatformRole
from marketplace.core.bulk import RowState
from marketplace.core.errors import Denied
from marketplace.needs.content import Criterion, Parameter
from marketplace.needs.models import Confidentiality, Need, NeedRevision, NeedStatus
from marketplace.needs.services.bulk import NeedRecord, fault_of, upsert_needs
from tests.jobs import topics, waiting

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def record(number: int = 1, **values) -> NeedRecord:
    values.setdefault("external_id", f"n{number}")
    values.setdefault("title", f"需求 {number}")
    return NeedRecord(**values)


def states(outcome) -> list[str]:
    return [row.state.value for row in outcome.rows]


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def run(session, owner, make):
    member = make.member_of(owner)

    def call(*records, actor=member, publish=False, now=NOON, dry_run=False):
        return upsert_needs(
            session,
            actor=actor,
            organization_id=owner.id,
            records=records,
            publish=publish,
            now=now,
            dry_run=dry_run,
        )

    return call


def only(session) -> Need:
    return session.scalars(select(Need)).one()


class TestUpsertNeeds:
    def test_writes_new_rows_as_drafts(self, session, run):
        outcome = run(
            record(
                1,
                problem="问题",
                parameters=(Parameter("回收率", "%", "60", "95"),),
                criteria=(Criterion("gain", 40),),
                keywords=("铜",),
                confidentiality=Confidentiality.NAMED,
            ),
            record(2),
        )
        assert states(outcome) == ["new", "new"]
        assert (outcome.new, outcome.count(RowState.NEW)) == (2, 2)
        rows = session.scalars(select(Need).order_by(Need.external_id)).all()
        assert [row.id for row in rows] == [row.id for row in outcome.rows]
        assert rows[0].status is NeedStatus.DRAFT
        assert rows[0].parameters == [{"name": "回收率", "unit": "%", "now": "60", "wanted": "95"}]
        assert (rows[0].keywords, rows[0].confidentiality) == (["铜"], Confidentiality.NAMED)
        assert rows[1].confidentiality is Confidentiality.VERIFIED
        assert topics(session) == set()

    def test_is_idempotent(self, session, run):
        run(record(1), record(2))
        session.commit()
        outcome = run(record(1), record(2))
        assert states(outcome) == ["unchanged", "unchanged"]
        assert {row.version for row in session.scalars(select(Need))} == {1}

    def test_changes_a_draft_in_place_and_keeps_what_the_file_does_not_name(self, session, run):
        run(record(1, problem="旧", situation="外运"))
        outcome = run(record(1, problem="新"))
        need = only(session)
        assert states(outcome) == ["changed"]
        assert (need.problem, need.situation, need.version) == ("新", "外运", 2)

    def test_sends_rows_for_review_when_the_owner_wants_them_published(self, session, run):
        run(record(1), publish=True)
        need = only(session)
        assert (need.status, need.submitted_at, need.published_at) == (
            NeedStatus.UNDER_REVIEW,
            NOON,
            None,
        )

    def test_raises_a_draft_even_when_its_text_is_the_same(self, session, run):
        run(record(1))
        assert states(run(record(1), publish=True)) == ["changed"]
        assert only(session).status is NeedStatus.UNDER_REVIEW

    def test_publishes_for_an_administrator(self, session, run, make):
        actor = make.administrator()
        outcome = run(*(record(n) for n in range(3)), actor=actor, publish=True)
        ids = {str(row.id) for row in outcome.rows}
        rows = session.scalars(select(Need)).all()
        assert {(row.status, row.published_at) for row in rows} == {(NeedStatus.OPEN, NOON)}
        told = dict(waiting(session))
        assert set(told["search.sync"]["ids"]) == ids
        assert set(told["needs.imported"]["ids"]) == ids
        assert session.scalar(select(func.count()).select_from(NeedRevision)) == 3

    def test_nobody_opens_needs_of_the_own_organization(self, session, run, make, owner):
        user = make.platform_user(PlatformRole.ADMINISTRATOR)
        make.membership(user, owner)
        run(record(1), actor=make.actor(user), publish=True)
        assert only(session).status is NeedStatus.UNDER_REVIEW

    def test_publishes_for_the_command_line(self, session, run):
        run(record(1), actor=None, publish=True)
        assert only(session).status is NeedStatus.OPEN

    def test_writes_nothing_in_a_dry_run(self, session, run):
        run(record(1))
        outcome = run(record(1, title="新题"), record(2), record(3, title=""), dry_run=True)
        assert (outcome.new, outcome.changed, len(outcome.failed)) == (1, 1, 1)
        assert [row.id for row in outcome.rows] == [only(session).id, None, None]
        assert only(session).title == "需求 1"

    def test_the_same_file_again_does_not_undo_what_people_edited(self, session, run):
        run(record(1))
        session.commit()
        only(session).title = "人改过的标题"
        session.commit()
        assert run(record(1)).unchanged == 1
        assert only(session).title == "人改过的标题"

    def test_keeps_the_mark_of_demo_records(self, session, run):
        run(record(1, is_demo=True))
        assert only(session).is_demo

    def test_publishes_what_waited_for_review(self, session, run, make):
        run(record(1), publish=True)
        run(record(1), publish=True, actor=make.administrator())
        assert only(session).status is NeedStatus.OPEN

    def test_never_publishes_for_a_reviewer_of_the_same_organization(
        self, session, run, make, owner
    ):
        run(record(1), actor=make.reviewer(member_of=owner), publish=True)
        assert only(session).status is NeedStatus.UNDER_REVIEW

    def test_lets_changes_of_an_open_need_wait_for_a_reviewer(self, session, run, make):
        run(record(1, problem="旧"), actor=make.administrator(), publish=True)
        session.commit()
        later = NOON + timedelta(days=1)
        assert states(run(record(1, problem="新"), now=later)) == ["changed"]
        need = only(session)
        assert (need.problem, need.pending["problem"]) == ("旧", "新")
        assert (need.pending_submitted_at, need.status) == (later, NeedStatus.OPEN)
        assert need.published_at == NOON
        assert states(run(record(1, problem="新"), now=later)) == ["unchanged"]

    def test_publishes_waiting_changes_and_numbers_the_revision(self, session, run, make):
        admin = make.administrator()
        run(record(1, problem="旧"), actor=admin, publish=True)
        run(record(1, problem="新"))
        outcome = run(record(1), actor=admin, publish=True)
        need = only(session)
        assert states(outcome) == ["changed"]
        assert (need.problem, need.pending, need.pending_submitted_at) == ("新", None, None)
        numbers = session.scalars(select(NeedRevision.number).order_by(NeedRevision.number))
        assert list(numbers) == [1, 2]

    @pytest.mark.parametrize(
        "state",
        [NeedStatus.MET, NeedStatus.CLOSED_UNMET, NeedStatus.EXPIRED, NeedStatus.WITHDRAWN],
    )
    def test_leaves_a_finished_need_alone_and_says_so(self, session, run, make, owner, state):
        need = make.need(owner, external_id="n1", status=state)
        title = need.title
        outcome = run(record(1), record(2))
        assert states(outcome) == ["failed", "new"]
        assert outcome.rows[0].error.values["state"] is state
        session.refresh(need)
        assert need.title == title

    def test_a_number_given_twice_counts_once(self, session, run):
        outcome = run(record(1, title="first"), record(1, title="second"))
        assert states(outcome) == ["unchanged", "new"]
        assert outcome.rows[0].id == outcome.rows[1].id
        assert only(session).title == "second"

    def test_a_bad_row_does_not_hold_up_the_others(self, session, run):
        outcome = run(record(1, title=""), record(2), record(3, trl_min=12))
        assert states(outcome) == ["failed", "new", "failed"]
        assert [row.error.field for row in outcome.failed] == ["title", "trl_min"]
        assert only(session).external_id == "n2"

    def test_keeps_organizations_apart(self, session, run, make):
        other = make.need(external_id="n1")
        assert states(run(record(1))) == ["new"]
        session.refresh(other)
        assert other.title != "需求 1"

    def test_is_refused_to_strangers(self, session, run, make):
        for actor in (make.member_of(make.organization()), make.city_officer()):
            with pytest.raises(Denied):
                run(record(1), actor=actor)

    def test_writes_one_audit_entry_for_a_batch(self, session, run, owner):
        outcome = run(record(1), record(2))
        audit.write_pending(session)
        entry = session.scalars(
            select(audit.AuditEntry).where(audit.AuditEntry.action == "needs.imported")
        ).one()
        assert (entry.object_id, entry.details["new"]) == (owner.id, 2)
        assert entry.details["ids"] == [str(row.id) for row in outcome.rows]

    def test_writes_nothing_for_nothing(self, session, run):
        assert run().rows == ()
        audit.write_pending(session)
        assert session.scalars(select(audit.AuditEntry)).all() == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"external_id": ""}, "external_id"),
        ({"external_id": "x" * 101}, "external_id"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title_en": "x" * 301}, "title_en"),
        ({"language": "fr"}, "language"),
        ({"trl_min": 0}, "trl_min"),
        ({"budget_min_minor": -1}, "budget_min"),
        ({"budget_min_minor": 2, "budget_max_minor": 1}, "budget_max"),
        ({"cooperation": ("gift",)}, "cooperation"),
        ({"industry_codes": ("ZZ",)}, "industry_codes"),
        ({"field_codes": ("9999",)}, "field_codes"),
    ],
)
def test_fault_of_names_the_field(values, field):
    assert fault_of(record(**values)).field == field


def test_fault_of_passes_a_good_record():
    assert fault_of(record(industry_codes=("C39",), field_codes=("0802",), trl_min=9)) is None
