"""Repeated deliveries and odd ends of long work."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from marketplace import worker
from marketplace.core.actor import VISITOR
from marketplace.exchange import services
from marketplace.exchange.converting import BadRow, Converter, Fault, short_title
from marketplace.exchange.fields import ImportKind
from marketplace.exchange.models import FileImport
from marketplace.exchange.outcomes import GROUPS_LIMIT, Groups
from marketplace.exchange.permissions import visible_to
from marketplace.exchange.reading.rows import Row
from marketplace.notifications.models import Notice
from marketplace.progress import services as progress
from tests.conftest import NOON
from tests.jobs import run_jobs

TABLE = "编号,成果名称,成果简介\nA1,激光,s\n"


def hear(session, app, hearer, **payload):
    worker.run_in(session, app, f"hearer:{hearer}", payload)


def test_a_repeated_delivery_imports_nothing_twice(app, session, send, check, editor):
    row = send(TABLE)
    check(row)
    job = services.start_import(session, row, actor=editor, now=NOON)
    run_jobs(app, session, rounds=1)
    hear(session, app, "exchange.run", job_id=str(job.id), import_id=str(row.id))
    session.refresh(job)
    assert (job.new_count, job.skipped_count) == (1, 0)


def test_a_repeated_delivery_exports_nothing(app, session, make):
    job = progress.start(session, kind="exchange.export", title="t", hearer=None)
    progress.cancel(session, actor=make.administrator(), job_id=job.id)
    hear(
        session,
        app,
        "exchange.export",
        job_id=str(job.id),
        query="",
        document_kind="listing",
        form="csv",
        language="zh",
        name="x",
    )
    session.refresh(job)
    assert job.result_name == ""


def test_nobody_is_told_of_jobs_that_nobody_started(app, session):
    job = progress.start(session, kind="t", title="t", hearer=None)
    for identity in (job.id, uuid4()):
        hear(session, app, "exchange.tell_owner", id=str(identity))
    assert session.scalar(select(func.count()).select_from(Notice)) == 0


def test_files_are_kept_for_30_days(app, session, send, home, now):
    row = send(TABLE)
    lost = home / "imports" / "killed-upload"
    lost.mkdir()
    session.refresh(row)
    kept = row.created_at + progress.KEPT
    assert services.forget_old(session, home=home, now=row.created_at) == 0
    assert services.forget_old(session, home=home, now=kept + timedelta(seconds=1)) >= 2
    assert not lost.exists()
    assert not services.folder_of(home, row.id).exists()
    hear(session, app, "exchange.forget_old")


def test_visitors_see_no_imports(session, send):
    send(TABLE)
    assert session.scalars(select(FileImport).where(visible_to(VISITOR))).all() == []


def test_groups_of_faults_are_bounded():
    groups = Groups()
    for number in range(GROUPS_LIMIT + 5):
        groups.add(number, [Fault("m", column=str(number))])
    assert len(groups.as_json()) == GROUPS_LIMIT


class TestConverter:
    def need(self, **cells):
        return Converter(ImportKind.NEEDS, {key: key for key in cells}).record(Row(1, cells))

    def listing(self, **cells):
        return Converter(ImportKind.RESULTS, {key: key for key in cells}).record(Row(1, cells))

    def test_people_and_figures_of_json_are_taken_as_they_are(self):
        made = self.listing(title="t", inventors=[{"name": "李", "unit": "x"}, {"unit": "y"}])
        assert made.inventors == ({"name": "李", "unit": "x"},)
        made = self.need(title="t", parameters=[{"name": "漏检率", "unit": "%", "wanted": 3}])
        assert (made.parameters[0].name, made.parameters[0].wanted) == ("漏检率", "3")

    def test_figures_with_too_many_parts_are_refused(self):
        with pytest.raises(BadRow):
            self.need(title="t", parameters="a|b|c|d|e")
        assert len(self.need(title="t", parameters="a|b;；c").parameters) == 2

    def test_prices_make_their_mode(self):
        assert self.listing(title="t", price="面议").price_mode == "negotiable"
        assert self.listing(title="t", price="5").price_mode == "fixed"
        made = self.listing(title="t", price="5", price_max="6")
        assert (made.price_mode, made.price_max_minor) == ("range", 6_0000_00)

    def test_the_language_is_told_by_the_text(self):
        assert self.listing(title="laser").language == "en"
        assert self.listing(title="激光").language == "zh"
        assert self.listing(title="laser", language="中文").language == "zh"

    @pytest.mark.parametrize(
        ("number", "kind"),
        [
            ("201710601862.3", "invention_patent"),
            ("ZL201720601862.3", "utility_model"),
            ("201730601862", "design"),
            ("98201234", "utility_model"),
            ("US1", "invention_patent"),
        ],
    )
    def test_the_kind_of_a_right_is_told_by_its_number(self, number, kind):
        assert self.listing(title="t", right_number=number).rights[0].kind == kind

    def test_a_kind_without_a_number_is_a_right_too(self):
        made = self.listing(title="t", right_kind="技术秘密")
        assert (made.rights[0].kind, made.rights[0].number) == ("know_how", "")

    def test_a_row_without_number_and_title_is_refused(self):
        with pytest.raises(BadRow) as bad:
            self.listing(abstract="x")
        assert "neither a number nor a title" in bad.value.faults[0].message

    @pytest.mark.parametrize(
        ("text", "title"),
        [
            ("降低漏检率。", "降低漏检率"),
            ("甲" * 30 + "。" + "乙" * 40, "甲" * 30),
            ("甲" * 70, "甲" * 60 + "…"),
            ("word " * 14 + "wordwordword", ("word " * 12).strip()[:59] + "…"),
        ],
    )
    def test_titles_made_of_texts_end_where_sense_does(self, text, title):
        assert short_title(text).replace(" …", "…") == title
