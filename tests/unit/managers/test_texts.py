"""The text of a mandate, of the law beside it, of a claim file, and the exported table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest

from marketplace.managers import claims, law, sheet, texts
from marketplace.managers.models import (
    FeePayer,
    ManagerLevel,
    ManagerProfile,
    ManagerStatus,
    RecordKind,
)
from marketplace.managers.queries.mandates import RecordLine

SIDE = SimpleNamespace(name="武汉铜业有限公司", name_en="Wuhan Copper")


def mandate(**values):
    values = {
        "client": SIDE,
        "manager": SimpleNamespace(name="郑经理", name_en=""),
        "other": None,
        "starts_on": date(2026, 12, 1),
        "ends_on": date(2027, 11, 30),
        "tail_days": 180,
        "success_fee_bp": 750,
        "fixed_fee_minor": 0,
        "floor_minor": 0,
        "cap_minor": None,
        "costs_cap_minor": 0,
        "payer": FeePayer.CLIENT,
        "exclusive": False,
        "note": "",
    } | values
    return SimpleNamespace(**values)


def line(**values):
    values = {"title": "蚀刻液铜回收", "title_en": "Copper from etchant"} | values
    return RecordLine(kind=RecordKind.NEED, id=uuid4(), organization_id=uuid4(), **values)


def words(blocks, language):
    return "\n".join(one.text(language) for block in blocks for one in block.lines)


class TestMandateContent:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_names_everything_that_was_agreed(self, language):
        full = mandate(
            other=SimpleNamespace(name="武汉某大学", name_en="A University"),
            fixed_fee_minor=100_000,
            floor_minor=200_000,
            cap_minor=5_000_000,
            costs_cap_minor=300_050,
            payer=FeePayer.SHARED,
            exclusive=True,
            note="每月报告一次。",
        )
        content = texts.mandate_content(full, [line()])
        shown = words(content.blocks, language)
        for figure in ("7.5%", "1,000.00", "2,000.00", "50,000.00", "3,000.50", "180"):
            assert figure in shown
        assert "每月报告一次。" in shown
        assert {"zh": "武汉某大学", "en": "A University"}[language] in shown
        assert {"zh": "2027年11月30日", "en": "30 November 2027"}[language] in shown

    def test_traces_every_value_to_its_field(self):
        sources = texts.mandate_content(mandate(), [line()]).sources
        assert sources >= {
            "mandate.starts_on",
            "mandate.ends_on",
            "mandate.tail_days",
            "mandate.payer",
            "mandate.success_fee_bp",
            "mandate.costs_cap_minor",
            "mandate.records",
            "client.name",
            "manager.name",
        }

    def test_leaves_out_what_was_not_agreed(self):
        shown = words(texts.mandate_content(mandate(), [line()]).blocks, "zh")
        for word in ("固定报酬", "不低于", "特别约定", "委托范围限于"):
            assert word not in shown
        assert "由技术经理人自行承担" in shown

    @pytest.mark.parametrize("payer", FeePayer)
    def test_says_who_pays(self, payer):
        shown = words(texts.mandate_content(mandate(payer=payer), [line()]).blocks, "en")
        assert {
            FeePayer.CLIENT: "borne by the client.",
            FeePayer.OTHER: "otherwise by the client",
            FeePayer.SHARED: "equal shares",
        }[payer] in shown

    @pytest.mark.parametrize(
        ("points", "shown"), [(500, "5%"), (750, "7.5%"), (1, "0.01%"), (1000, "10%")]
    )
    def test_shows_percent_without_idle_zeros(self, points, shown):
        assert texts.percent(points, "x").zh == shown


class TestWarnings:
    def fields(self, **values):
        values = {"payer": FeePayer.SHARED, "costs_cap_minor": 0, "tail_days": 1} | values
        return [one.message for one in law.warnings(**values)]

    def test_speak_of_equal_shares_only_when_the_mandate_says_otherwise(self):
        message = "Where nothing is agreed"
        assert not any(one.startswith(message) for one in self.fields())
        assert any(one.startswith(message) for one in self.fields(payer=FeePayer.CLIENT))

    def test_say_that_others_are_not_bound(self):
        message = "A mandate binds those who sign it"
        assert not any(one.startswith(message) for one in self.fields(payer=FeePayer.CLIENT))
        assert any(one.startswith(message) for one in self.fields(payer=FeePayer.OTHER))

    def test_depend_on_costs_and_tail(self):
        assert self.fields(costs_cap_minor=5) != self.fields()
        assert self.fields(tail_days=0) != self.fields()


class TestClaimBlocks:
    def claim(self, **facts):
        side = {"name": "武汉某单位", "name_en": "", "code": "9142"}
        agreed = {
            "client": side,
            "signed_at": "2026-10-01T02:00:00+00:00",
            "starts_on": "2026-10-01",
            "ends_on": "2027-09-30",
            "ended_at": None,
            "tail_days": 90,
            "payer": "client",
            "success_fee_bp": 500,
            "fixed_fee_minor": 10_000,
            "floor_minor": 20_000,
            "cap_minor": 900_000,
        }
        return SimpleNamespace(
            registered_at=datetime(2026, 11, 18, 16, 30, tzinfo=UTC),
            facts={
                "manager": {"name": "郑经理", "name_en": "Zheng"},
                "licensor": side,
                "licensee": side,
                "records": [{"kind": "listing", "title": "回收装置", "title_en": ""}],
                "introduced_at": "2026-11-02T03:00:00+00:00",
                "mandate": agreed | facts.pop("mandate", {}),
                "value_minor": 10_000_000,
            }
            | facts,
        )

    def test_tell_moments_in_beijing(self):
        shown = words(claims.claim_blocks(self.claim()), "zh")
        assert "2026年11月19日" in shown
        assert "2026-11-02 11:00（北京时间）" in shown
        assert "第九百六十五条" in shown

    def test_compute_the_fee_of_a_known_value(self):
        claim = self.claim()
        fee = claims.fee_of(claim.facts)
        assert fee is not None
        assert fee.total_minor == 510_000
        assert "5,100.00" in words(claims.claim_blocks(claim), "en")

    def test_leave_an_unknown_value_open(self):
        claim = self.claim(value_minor=None, mandate={"success_fee_bp": 0})
        assert claims.fee_of(claim.facts) is None
        assert "does not know" in words(claims.claim_blocks(claim), "en")

    def test_say_when_the_mandate_ended(self):
        ended = self.claim(mandate={"ended_at": "2026-11-10T02:00:00+00:00"})
        assert "2026-11-10 10:00" in words(claims.claim_blocks(ended), "en")


class TestRowsOf:
    def profile(self, **values):
        profile = ManagerProfile(
            person_id=uuid4(),
            organization_id=uuid4(),
            level=ManagerLevel.SENIOR,
            applied_at=datetime(2026, 1, 2, tzinfo=UTC),
            name="=HYPERLINK(1)",
            field_codes=["0817"],
            languages=["zh", "en"],
            **values,
        )
        return SimpleNamespace(
            **{
                name: getattr(profile, name)
                for name in (
                    "name",
                    "name_en",
                    "level",
                    "status",
                    "field_codes",
                    "languages",
                    "district_code",
                    "applied_at",
                    "licensed_at",
                    "expires_on",
                )
            },
            organization=SIDE,
        )

    def test_begin_with_the_mark_and_the_head(self):
        first = next(sheet.rows_of([], language="zh", translate=lambda text: text))
        assert first.startswith("\ufeffName,")

    def test_take_the_power_from_formulas_and_leave_gaps_empty(self):
        rows = list(sheet.rows_of([self.profile()], language="zh", translate=str))
        assert rows[1].startswith("'=HYPERLINK(1)")
        assert rows[1].rstrip().endswith("2026-01-02,,")

    def test_name_codes(self):
        profile = self.profile(
            district_code="420111",
            licensed_at=datetime(2026, 2, 3, tzinfo=UTC),
            expires_on=date(2028, 1, 1),
            status=ManagerStatus.LICENSED,
        )
        row = list(sheet.rows_of([profile], language="zh", translate=str))[1]
        assert "化学工程与技术" in row
        assert "洪山区" in row
        assert row.rstrip().endswith("2026-02-03,2028-01-01")
