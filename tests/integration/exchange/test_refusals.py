"""Files and steps that are refused leave nothing behind."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text

from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.exchange import queries, running, services
from marketplace.exchange.models import FileImport
from marketplace.listings.models import Listing
from marketplace.organizations.models import Organization, OrganizationStatus
from marketplace.progress.models import JobState, LongJob
from tests.conftest import NOON
from tests.jobs import run_jobs

HEAD = "编号,成果名称,成果简介,技术成熟度,价格（万元）\n"
GOOD = "A1,激光焊接监测,在线监测焊缝。,7,80\nA2,石墨烯散热膜,导热系数 1500。,6,面议\n"


def run(session, row, editor, app):
    job = services.start_import(session, row, actor=editor, now=NOON)
    run_jobs(app, session, rounds=1)
    for one in (row, job):
        session.refresh(one)
    return job


class TestRefusals:
    def test_a_file_for_a_foreign_organization(self, session, send, make, home):
        stranger = make.member_of(make.organization())
        with pytest.raises(NotFound):
            send(HEAD, actor=stranger)
        row = send(HEAD + GOOD)
        with pytest.raises(NotFound):
            queries.get_import(session, row.id, actor=stranger)
        assert queries.get_import(session, row.id, actor=make.administrator()) is row

    def test_a_hostile_file_leaves_nothing_behind(self, session, send, home):
        folder = home / "imports"
        before = set(folder.iterdir()) if folder.exists() else set()
        with pytest.raises(RuleBroken):
            send(b"\x89PNG\x00\x00")
        assert set(folder.iterdir()) == before
        assert session.scalar(select(func.count()).select_from(FileImport)) == 0

    def test_columns_without_a_title(self, send, check):
        row = send("a,b\n1,2\n")
        with pytest.raises(RuleBroken, match="title"):
            check(row)

    def test_a_field_assigned_twice(self, send, editor):
        row = send("a,b\n1,2\n")
        with pytest.raises(RuleBroken, match="Two columns"):
            services.agree(row, actor=editor, mapping={"a": "title", "b": "title"}, publish=False)

    def test_unknown_fields_and_columns_are_dropped(self, send, editor):
        row = send("a,b\n1,2\n")
        services.agree(
            row, actor=editor, mapping={"a": "title", "b": "id; DROP", "c": "trl"}, publish=False
        )
        assert row.mapping == {"a": "title"}

    def test_nothing_of_an_unverified_organization_goes_on(self, send, check, make, owner):
        row = send(HEAD + GOOD)
        owner.status, owner.verified_at = OrganizationStatus.APPLIED, None
        with pytest.raises(Denied):
            check(row, publish=True, actor=make.member_of(owner))
        check(row, publish=True, actor=make.administrator())

    def test_nothing_runs_before_its_check_or_twice(self, app, session, send, check, editor):
        row = send(HEAD + GOOD)
        with pytest.raises(StepNotAllowed):
            services.start_import(session, row, actor=editor, now=NOON)
        check(row)
        run(session, row, editor, app)
        with pytest.raises(StepNotAllowed):
            services.start_import(session, row, actor=editor, now=NOON)
        with pytest.raises(StepNotAllowed):
            check(row)

    def test_a_right_that_was_lost_meanwhile_ends_the_job(self, app, session, send, check, editor):
        row = send(HEAD + GOOD)
        check(row)
        session.execute(text("UPDATE membership SET ended_at = started_at"))
        job = run(session, row, editor, app)
        assert (job.state, job.message) == (JobState.FAILED, running.NO_RIGHT)
        assert session.scalars(select(Listing)).all() == []

    def test_discarded_files_are_forgotten(self, session, send, home):
        row = send(HEAD + GOOD)
        services.discard(session, row, home=home)
        assert not services.folder_of(home, row.id).exists()


def test_organizations_are_offered_by_right(session, make, editor, owner):
    other = make.organization()
    assert queries.list_organizations(session, actor=editor) == [owner]
    everything = queries.list_organizations(session, actor=make.administrator())
    assert {owner, other} <= set(everything)
    assert queries.find_organization(session, owner.credit_code.lower()) is owner
    assert queries.find_organization(session, owner.name) is owner
    assert queries.find_organization(session, "nobody") is None
    assert isinstance(queries.all_organizations(session)[0], Organization)
    assert session.scalar(select(func.count()).select_from(LongJob)) == 0
