"""Facilities from files: drafted, sent, shown, changed, and the faults of their columns."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.bookings.times import DAY
from marketplace.core.bulk import RowState
from marketplace.core.errors import Denied, NotFound
from marketplace.exchange import commands, places, services
from marketplace.exchange.fields import ImportKind
from marketplace.exchange.models import ImportState
from marketplace.exchange.templating import template_rows
from marketplace.exchange.values import BadValue
from marketplace.facilities.models import Facility, FacilityKind, FacilityStatus
from marketplace.facilities.services.bulk import FacilityRecord, upsert_facilities
from tests.conftest import NOON
from tests.factories.bookings import HOURS, WEDNESDAY
from tests.factories.facilities import COMPLETE
from tests.record_files import write

HEADS = "内部编号,名称,类型,所在区,设备,开放时间,成熟度起\n"
ROWS = (
    "PT-1,湿法中试平台,中试平台,东湖新技术开发区,"
    "200 L 合成线|WS-200|1；粒度仪||2,1-5 09:00-17:00,4\n"
    "PT-2,检测实验室,实验室,洪山区,,6 09:00-12:00,\n"
)


def text_of(rows):
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)


def all_of(session):
    return session.scalars(
        select(Facility).options(selectinload(Facility.instruments)).order_by(Facility.external_id)
    ).all()


@pytest.fixture
def command(app):
    def run(*args):
        return app.test_cli_runner().invoke(args=["import", *map(str, args)])

    return run


class TestCommand:
    def test_drafts_rows_and_knows_them_again(self, command, session, tmp_path, owner):
        path = write(tmp_path / "p.csv", HEADS + ROWS)
        result = command("facilities", path, "--organization", owner.credit_code)
        assert (result.exit_code, "2 new" in result.output) == (0, True)
        first, second = all_of(session)
        assert (first.name, first.kind, first.status) == (
            "湿法中试平台",
            FacilityKind.PILOT_PLATFORM,
            FacilityStatus.DRAFT,
        )
        assert first.district_code == "4201Z1"
        named = {one.name: (one.kind.value, one.model, one.count) for one in first.instruments}
        assert named == {
            "200 L 合成线": ("line", "WS-200", 1),
            "粒度仪": ("instrument", "", 2),
        }
        assert len(first.hours) == 5
        assert second.hours == [{"weekday": 6, "opens": "09:00", "closes": "12:00"}]
        again = command("facilities", path, "--organization", owner.credit_code)
        assert "2 skipped" in again.output
        changed = write(tmp_path / "q.csv", HEADS + ROWS.replace("湿法中试平台", "湿法平台"))
        result = command("facilities", changed, "--organization", owner.credit_code)
        assert "0 new, 1 changed, 1 skipped" in result.output
        session.expire_all()
        assert all_of(session)[0].name == "湿法平台"
        assert len(all_of(session)[0].instruments) == 2

    def test_tells_what_is_wrong(self, command, session, tmp_path, owner):
        odd = "PT-3,某平台,飞船,火星,a|b|c|d,周一全天,12\n"
        path = write(tmp_path / "p.csv", HEADS + odd)
        result = command("facilities", path, "--organization", owner.credit_code)
        assert result.exit_code == commands.SOME_FAILED
        for column in ("类型", "所在区", "设备", "开放时间", "成熟度起"):
            assert f"1 × {column}:" in result.output
        assert all_of(session) == []

    def test_shows_only_complete_ones(self, command, session, tmp_path, owner):
        path = write(tmp_path / "p.csv", HEADS + ROWS)
        result = command("facilities", path, "--organization", owner.credit_code, "--publish")
        assert "0 new, 0 changed, 0 skipped, 2 failed" in result.output
        assert "Not complete yet" in result.output


class TestFile:
    def test_is_previewed_and_imported(self, session, send, check, editor, home):
        row = send(HEADS + ROWS, ImportKind.FACILITIES)
        assert set(row.mapping.values()) == {
            "external_id",
            "title",
            "kind",
            "district",
            "instruments",
            "hours",
            "trl_from",
        }
        check(row)
        assert (row.state, row.preview["new"]) == (ImportState.CHECKED, 2)
        assert all_of(session) == []
        assert services.start_import(session, row, actor=editor, now=NOON) is not None

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_template_is_understood(self, session, send, check, language):
        rows = template_rows(ImportKind.FACILITIES, language)
        row = send(text_of(rows), ImportKind.FACILITIES)
        check(row)
        assert (row.groups, row.preview["new"]) == ([], 1)


def complete(number="1", **values):
    kept = {name: value for name, value in COMPLETE.items() if name != "instruments"}
    kept["instruments"] = [{"kind": "line", "name": "合成线", "model": "", "count": 1}]
    return FacilityRecord(external_id=number, values=kept | values)


class TestUpsert:
    def put(self, session, owner, record, *, actor=None, **values):
        given = {"publish": False, "send": False} | values
        return upsert_facilities(
            session,
            actor=actor,
            organization_id=owner.id,
            records=[record],
            now=NOON,
            **given,
        ).rows[0]

    def test_shows_a_complete_one_at_once_for_the_terminal(self, session, owner):
        row = self.put(session, owner, complete(), publish=True)
        assert session.get_one(Facility, row.id).status is FacilityStatus.PUBLISHED

    def test_sends_a_complete_one(self, session, owner, editor):
        row = self.put(session, owner, complete(), actor=editor, send=True)
        facility = session.get_one(Facility, row.id)
        assert (facility.status, facility.created_by) == (
            FacilityStatus.UNDER_REVIEW,
            editor.user_id,
        )
        busy = self.put(session, owner, complete(name="别名"), actor=editor)
        assert busy.state is RowState.FAILED

    def test_a_draft_rises_when_it_comes_again_complete(self, session, owner):
        self.put(session, owner, complete())
        row = self.put(session, owner, complete(), publish=True)
        assert row.state is RowState.CHANGED
        assert session.get_one(Facility, row.id).published_at == NOON

    def test_changes_of_a_shown_one_wait_for_a_reviewer(self, session, owner):
        shown = self.put(session, owner, complete(), publish=True)
        row = self.put(session, owner, complete(summary="新的简介。"), publish=True)
        facility = session.get_one(Facility, shown.id)
        assert (row.state, facility.summary) == (RowState.CHANGED, COMPLETE["summary"])
        assert facility.pending["summary"] == "新的简介。"
        assert facility.pending_submitted_at == NOON

    def test_hours_are_not_changed_under_bookings(self, app, session, make, owner):
        shown = self.put(session, owner, complete(hours=HOURS), publish=True)
        facility = session.get_one(Facility, shown.id)
        make.booking(make.slot(make.resource(facility), starts_at=WEDNESDAY + DAY))
        late = [{**row, "opens": "14:00"} for row in HOURS]
        row = self.put(session, owner, complete(hours=late))
        assert row.state is RowState.FAILED
        assert "outside the new opening hours" in row.error.message
        assert facility.hours == HOURS
        longer = [{**row, "opens": "07:00"} for row in HOURS]
        assert self.put(session, owner, complete(hours=longer)).state is RowState.CHANGED
        assert facility.hours == longer

    def test_tries_without_a_trace(self, session, owner):
        row = self.put(session, owner, complete(), dry_run=True)
        assert (row.state, row.id) == (RowState.NEW, None)
        assert all_of(session) == []

    def test_is_for_those_who_write(self, session, make, owner):
        with pytest.raises(Denied):
            self.put(session, owner, complete(), actor=make.member_of(make.organization()))
        with pytest.raises(NotFound):
            self.put(session, make.user(), complete())


class TestReaders:
    def test_rows_of_parts(self):
        read = places.READERS["capabilities"]
        assert read("湿法合成|无机盐|1|200|kg|溶液\n涂布|浆料") == [
            {
                "operation": "湿法合成",
                "material": "无机盐",
                "amount_from": "1",
                "amount_to": "200",
                "unit": "kg",
                "output": "溶液",
            },
            {
                "operation": "涂布",
                "material": "浆料",
                "amount_from": "",
                "amount_to": "",
                "unit": "",
                "output": "",
            },
        ]

    def test_hours(self):
        read = places.READERS["hours"]
        assert read("1-2 8:30-12:00；7 09:00-11:00") == [
            {"weekday": 1, "opens": "08:30", "closes": "12:00"},
            {"weekday": 2, "opens": "08:30", "closes": "12:00"},
            {"weekday": 7, "opens": "09:00", "closes": "11:00"},
        ]
        with pytest.raises(BadValue):
            read("8 09:00-11:00")

    def test_days_and_choices(self):
        assert places.READERS["filed_on"]("2025年6月1日") == "2025-06-01"
        assert places.READERS["filed_on"]("") is None
        assert places.READERS["filing_level"]("市级") == "city"
        assert places.READERS["services"]("工艺放大、性能测试") == ["scale_up", "performance_test"]
