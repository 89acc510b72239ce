"""A file becomes records: once, completely, and with a word about every row that does not."""

from __future__ import annotations

import csv
import io
import json

import pytest
from sqlalchemy import func, select, text

from marketplace import worker
from marketplace.exchange import running, services
from marketplace.exchange.fields import ImportKind
from marketplace.exchange.models import FailedRow, ImportState
from marketplace.listings.models import Listing, ListingStatus
from marketplace.needs.models import Need, NeedStatus
from marketplace.notifications.models import Notice
from marketplace.progress import services as progress
from marketplace.progress.models import JobState
from tests.conftest import NOON
from tests.jobs import run_jobs, waiting
from tests.record_files import workbook

HEAD = "编号,成果名称,成果简介,技术成熟度,价格（万元）\n"
GOOD = "A1,激光焊接监测,在线监测焊缝。,7,80\nA2,石墨烯散热膜,导热系数 1500。,6,面议\n"
BAD = "A3,,无名称,5,\nA4,坏的,简介,12,很贵\n"


def listings(session):
    rows = session.scalars(select(Listing).order_by(Listing.external_id)).all()
    return {row.external_id: row for row in rows}


def run(session, row, editor, app):
    job = services.start_import(session, row, actor=editor, now=NOON)
    run_jobs(app, session, rounds=1)
    for one in (row, job):
        session.refresh(one)
    return job


class TestSmallFile:
    def test_is_checked_at_once_without_a_trace(self, session, send, check):
        row = send(HEAD + GOOD + BAD)
        assert check(row) is None
        assert row.state is ImportState.CHECKED
        assert row.preview == {"new": 2, "changed": 0, "skipped": 0, "failed": 2, "rows": 4}
        assert listings(session) == {}
        assert session.scalar(select(func.count()).select_from(FailedRow)) == 0

    def test_faults_that_are_alike_are_brought_together(self, send, check):
        row = send(HEAD + "".join(f"B{number},t{number},s,12,\n" for number in range(7)) + BAD)
        check(row)
        groups = [(one["column"], one["count"], one["rows"]) for one in row.groups]
        assert groups[0] == ("技术成熟度", 8, [1, 2, 3, 4, 5])
        assert ("价格（万元）", 1, [9]) in groups

    def test_becomes_drafts_of_the_organization(self, app, session, send, check, editor, owner):
        row = send(HEAD + GOOD + BAD)
        check(row)
        job = run(session, row, editor, app)
        made = listings(session)
        assert {one.status for one in made.values()} == {ListingStatus.DRAFT}
        assert (made["A1"].title, made["A1"].trl, made["A1"].price_minor) == (
            "激光焊接监测",
            7,
            80_0000_00,
        )
        assert made["A2"].price_minor is None
        assert made["A1"].organization_id == owner.id
        assert (job.state, job.new_count, job.failed_count) == (JobState.DONE, 2, 2)
        assert (row.state, row.rows_done) == (ImportState.ENDED, 4)

    def test_the_same_file_again_changes_nothing(self, app, session, send, check, editor):
        for _ in range(2):
            row = send(HEAD + GOOD)
            check(row)
            job = run(session, row, editor, app)
        assert (job.new_count, job.changed_count, job.skipped_count) == (0, 0, 2)
        assert len(listings(session)) == 2

    def test_a_changed_row_changes_its_record_alone(self, app, session, send, check, editor):
        row = send(HEAD + GOOD)
        check(row)
        run(session, row, editor, app)
        row = send(HEAD + GOOD.replace("石墨烯", "氮化硼"))
        check(row)
        assert row.preview["changed"] == 1
        run(session, row, editor, app)
        assert listings(session)["A2"].title == "氮化硼散热膜"

    def test_whoever_started_it_is_told_when_it_ends(self, app, session, send, check, editor):
        row = send(HEAD + GOOD)
        check(row)
        job = run(session, row, editor, app)
        run_jobs(app, session, rounds=2)
        notice = session.scalars(select(Notice).where(Notice.person_id == editor.user_id)).one()
        assert notice.link == f"/jobs/{job.id}"


class TestFailedRows:
    def result(self, app, job):
        home = app.extensions["hanqiao.parts"].settings.home
        return progress.result_path(home, job)

    def test_come_back_as_a_table_and_import_clean_once_mended(
        self, app, session, send, check, editor
    ):
        row = send(HEAD + GOOD + BAD)
        check(row)
        job = run(session, row, editor, app)
        assert job.result_name == "rows-failed rows.csv"
        content = self.result(app, job).read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(content)))
        assert rows[0][:5] == HEAD.strip().split(",")
        assert rows[0][5:] == ["#row", "#fault", "#column", "#found", "#expected"]
        assert rows[2][5] == "4"
        assert rows[2][8].split("\n") == ["12", "很贵"]
        rows[1][1], rows[2][3], rows[2][4] = "补上的名称", "5", "120"
        mended = io.StringIO()
        csv.writer(mended).writerows(rows)
        row = send(mended.getvalue())
        check(row)
        assert row.preview == {"new": 2, "changed": 0, "skipped": 0, "failed": 0, "rows": 2}
        job = run(session, row, editor, app)
        assert set(listings(session)) == {"A1", "A2", "A3", "A4"}
        assert job.result_name == ""

    def test_come_back_as_a_workbook(self, app, session, send, check, editor, tmp_path):
        path = workbook(tmp_path / "f.xlsx", ("成果名称", "摘要", "TRL"), ("坏", "s", 12))
        row = send(path.read_bytes(), name="表.xlsx", language="zh")
        check(row)
        job = run(session, row, editor, app)
        assert job.result_name == "表-失败行.xlsx"
        again = send(self.result(app, job).read_bytes())
        assert again.columns[:4] == ["成果名称", "摘要", "TRL", "#行号"]
        check(again)
        assert [one["found"] for one in again.groups] == ["12"]

    def test_come_back_as_json_lines(self, app, session, send, check, editor):
        lines = ['{"title": "a", "abstract": "b", "trl": 99}', "broken", '{"title": "c"}']
        row = send("\n".join(['{"title": "ok", "abstract": "x"}', *lines]))
        check(row)
        job = run(session, row, editor, app)
        found = [json.loads(line) for line in self.result(app, job).read_text().splitlines()]
        assert [one["#faults"][0]["row"] for one in found] == [2, 3, 4]
        assert found[0]["trl"] == 99
        found[0]["trl"], found[2]["abstract"] = 9, "d"
        row = send("\n".join(json.dumps(one) for one in found))
        check(row)
        assert (row.preview["new"], row.preview["failed"]) == (2, 0)

    def test_a_file_without_names_gets_them(self, app, session, send, check, editor):
        row = send("r1\tzh\t把铜提出来\nr2\txx\tfehlt\n", ImportKind.NEEDS, name="n.tsv")
        check(row)
        job = run(session, row, editor, app)
        content = self.result(app, job).read_text(encoding="utf-8-sig")
        assert content.startswith("Reference,Language,Problem,#row")
        row = send(content.replace("xx", "zh"), ImportKind.NEEDS)
        check(row)
        assert row.preview["new"] == 1


class TestNeeds:
    def test_a_bare_list_makes_needs_that_are_known_again(self, app, session, send, check, editor):
        lines = "dev1\tzh\t想把铜提出来再把药水循环用\ndev1\ten\trecover copper\ndev1\tzh\t另一条\n"
        for expected in (3, 0):
            row = send(lines, ImportKind.NEEDS, name="needs.tsv")
            check(row, publish=True)
            assert row.preview["new"] == expected
            run(session, row, editor, app)
        needs = {need.external_id: need for need in session.scalars(select(Need))}
        assert set(needs) == {"dev1-zh", "dev1-en", "dev1-zh-2"}
        assert needs["dev1-en"].language == "en"
        assert needs["dev1-zh"].title == needs["dev1-zh"].problem
        assert needs["dev1-zh"].status is NeedStatus.UNDER_REVIEW

    def test_a_full_row_fills_a_need(self, app, session, send, check, editor):
        said = {
            "需求名称": "降低漏检",
            "需求描述": "人工漏检多",
            "指标": "漏检率|%|18|3;节拍|s|9|5",
            "预算下限（万元）": "50",
            "预算": "120",
            "截止日期": "2027-03-31",
            "合作方式": "合作开发",
            "名称公开范围": "公开",
            "需求类型": "技术需求",
        }
        row = send("\n".join((",".join(said), ",".join(said.values()))), ImportKind.NEEDS)
        check(row)
        assert row.groups == []
        run(session, row, editor, app)
        need = session.scalars(select(Need)).one()
        assert need.parameters[1] == {"name": "节拍", "unit": "s", "now": "9", "wanted": "5"}
        assert (need.budget_min_minor, need.budget_max_minor) == (50_0000_00, 120_0000_00)
        assert need.external_id.startswith("t-")


class TestLargeFile:
    @pytest.fixture
    def large(self, send):
        return send(HEAD + "".join(f"L{number},标题{number},简介,5,\n" for number in range(2100)))

    def test_is_checked_in_a_job(self, app, session, large, check):
        job = check(large)
        assert (large.state, job.total) == (ImportState.CHECKING, 2101)
        run_jobs(app, session, rounds=1)
        session.refresh(large)
        session.refresh(job)
        assert large.preview["new"] == 2100
        assert (large.state, job.state) == (ImportState.CHECKED, JobState.DONE)

    def test_a_check_that_is_stopped_leaves_the_file_as_it_was(
        self, app, session, large, check, editor, monkeypatch
    ):
        job = check(large)
        work_on = running.work_on

        def stopped(*args, **kwargs):
            progress.cancel(session, actor=editor, job_id=job.id)
            monkeypatch.setattr(running, "work_on", work_on)
            return work_on(*args, **kwargs)

        monkeypatch.setattr(running, "work_on", stopped)
        run_jobs(app, session, rounds=1)
        session.refresh(large)
        session.refresh(job)
        assert (large.state, job.state) == (ImportState.UPLOADED, JobState.CANCELLED)

    def test_a_repeated_delivery_checks_nothing(self, app, session, large, check):
        job = check(large)
        told = waiting(session)
        run_jobs(app, session, rounds=1)
        for name, payload in told:
            worker.run_in(session, app, name, payload)
        session.refresh(job)
        assert job.state is JobState.DONE

    def test_stopped_and_gone_on_it_is_whole_and_single(
        self, app, session, large, check, editor, monkeypatch
    ):
        check(large)
        run_jobs(app, session, rounds=1)
        session.refresh(large)
        work_on, job_of = running.work_on, []

        def stopped(*args, **kwargs):
            if not job_of:
                job_of.append(large.job_id)
                progress.cancel(session, actor=editor, job_id=large.job_id)
            return work_on(*args, **kwargs)

        monkeypatch.setattr(running, "work_on", stopped)
        job = run(session, large, editor, app)
        assert (job.state, large.rows_done, job.new_count) == (JobState.CANCELLED, 500, 500)
        assert len(listings(session)) == 500
        assert services.is_broken_off(session, large)
        job = run(session, large, editor, app)
        assert (job.state, large.rows_done, job.new_count) == (JobState.DONE, 2100, 1600)
        assert len(listings(session)) == 2100

    def test_an_error_in_the_middle_keeps_what_was_reported(
        self, app, session, large, check, editor, monkeypatch
    ):
        check(large)
        run_jobs(app, session, rounds=1)
        session.refresh(large)
        work_on = running.work_on

        def broken(session_, task, converter, rows, **kwargs):
            outcome = work_on(session_, task, converter, rows, **kwargs)
            if rows[0].number > 1000:
                raise ConnectionError("the database went away")
            return outcome

        monkeypatch.setattr(running, "work_on", broken)
        job = services.start_import(session, large, actor=editor, now=NOON)
        told = waiting(session)
        with pytest.raises(ConnectionError):
            run_jobs(app, session, rounds=1)
        session.refresh(large)
        session.refresh(job)
        assert (large.rows_done, job.done, job.new_count) == (1000, 1000, 1000)
        assert len(listings(session)) == 1000
        monkeypatch.setattr(running, "work_on", work_on)
        for name, payload in told:
            worker.run_in(session, app, name, payload)
        session.refresh(job)
        assert (job.state, job.new_count, len(listings(session))) == (JobState.DONE, 2100, 2100)
        assert ("hearer:exchange.run", str(job.id)) in {
            (name, payload.get("job_id")) for name, payload in told
        }

    def test_a_worker_taken_for_dead_undoes_its_batch(
        self, app, session, large, check, editor, monkeypatch
    ):
        check(large)
        run_jobs(app, session, rounds=1)
        session.refresh(large)
        services.start_import(session, large, actor=editor, now=NOON)
        work_on = running.work_on

        def overtaken(session_, task, converter, rows, **kwargs):
            outcome = work_on(session_, task, converter, rows, **kwargs)
            if rows[0].number > 500:
                session_.execute(text("UPDATE file_import SET rows_done = 1500"))
            return outcome

        monkeypatch.setattr(running, "work_on", overtaken)
        with pytest.raises(running.Overtaken):
            run_jobs(app, session, rounds=1)
        assert len(listings(session)) == 500


class TestNumbers:
    def test_a_number_that_stands_twice_is_named_with_its_first_row(self, send, check):
        row = send(HEAD + "A1,a,s,,\n" * 1 + "A1,b,s,,\n")
        check(row)
        assert row.preview["failed"] == 1
        assert row.groups[0]["values"] == {"found": "A1", "row": 1}

    def test_without_numbers_records_are_known_by_patent_or_title(
        self, app, session, send, check, editor
    ):
        head = "专利名称,摘要,专利号,发明人,法律状态\n"
        row = send(
            head + "装置,s,201710601862.3,李明（机械学院）；王芳,已授权\n", ImportKind.PATENTS
        )
        check(row)
        assert row.groups == []
        run(session, row, editor, app)
        (made,) = listings(session).values()
        assert made.external_id == "201710601862.3"
        assert made.inventors == [
            {"name": "李明", "unit": "机械学院"},
            {"name": "王芳", "unit": ""},
        ]
        assert made.kind == "patent"

    def test_a_taken_right_is_named_at_its_column(self, app, session, send, check, editor):
        head = "编号,专利名称,摘要,专利号\n"
        row = send(
            head + "1,装置,s,201710601862.3\n2,又一个,s,201710601862.3\n", ImportKind.PATENTS
        )
        check(row)
        assert row.groups[0]["column"] == "专利号"
        assert row.groups[0]["found"] == "201710601862.3"


def test_script_in_titles_is_kept_as_text(app, session, send, check, editor):
    row = send(HEAD + "X,<script>alert(1)</script>,=HYPERLINK(1),,\n")
    check(row)
    run(session, row, editor, app)
    made = listings(session)["X"]
    assert (made.title, made.abstract) == ("<script>alert(1)</script>", "=HYPERLINK(1)")
