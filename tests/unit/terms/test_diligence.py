"""The diligence file says everything that is known, and says so where nothing is."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest

from marketplace.papers import typesetting
from marketplace.terms import diligence
from marketplace.terms.diligence import Diligence
from marketplace.terms.models import Decision, NoticeStatus, ObjectionStatus, PricingMethod
from marketplace.terms.rules.approval import EXAMPLE
from marketplace.terms.wording import Wording
from tests.conftest import NOON
from tests.unit.terms.test_value import LICENSE

PERSON, MINUTES, NOTICE = uuid4(), uuid4(), uuid4()
WORDS = Wording(say=str)
RULE = SimpleNamespace(value="勤勉尽责免责", source="浙江条例第19条", confirmed=False)


def deal(**values):
    party = SimpleNamespace(name="武汉大学某学院", name_en="")
    return SimpleNamespace(
        **{
            "reference": "HQ-000001",
            "title": "激光清洗",
            "title_en": "",
            "licensor": party,
            "licensee": SimpleNamespace(name="某公司", name_en="Company"),
            "licensee_hidden": False,
        }
        | values
    )


def empty(**values):
    return Diligence(
        **{
            "deal": deal(),
            "terms": None,
            "agreed": None,
            "pricing": None,
            "tiers": (),
            "decisions": (),
            "valuations": (),
            "files": {},
            "notices": (),
            "objections": {},
            "people": {},
            "exemption": RULE,
            "made_at": NOON,
        }
        | values
    )


@pytest.fixture
def full():
    minutes = SimpleNamespace(id=MINUTES, name="纪要.pdf", sha256="b" * 64)
    decision = {
        "body": "领导小组",
        "subject": "许可",
        "decision": Decision.APPROVED,
        "amount_minor": 100,
        "decided_on": date(2026, 11, 1),
        "recorded_by": PERSON,
        "recorded_at": NOON,
    }
    notice = {
        "name": "激光清洗",
        "buyer": "某公司",
        "price_minor": 100,
        "currency": "CNY",
        "price_note": "一次付清",
        "posted_on": date(2026, 11, 2),
        "days": 15,
        "status": NoticeStatus.RUNNING,
    }
    objection = {"raised_at": NOON, "raised_by": PERSON, "reasons": "偏低"}
    other = uuid4()
    return empty(
        terms=LICENSE,
        agreed=SimpleNamespace(agreed_at=NOON, accepted_by=PERSON, sha256="c" * 64),
        pricing=SimpleNamespace(
            method=PricingMethod.AUCTION,
            amount_minor=100,
            basis="收益法",
            house="某拍卖行",
            permit="01",
            held_on=date(2026, 10, 1),
            result="成交",
            appraiser="某事务所",
            appraised_minor=90,
            appraised_on=date(2026, 9, 1),
            recorded_by=PERSON,
            recorded_at=NOON,
        ),
        tiers=EXAMPLE,
        decisions=(
            SimpleNamespace(**decision, participants="王某", minutes_id=MINUTES),
            SimpleNamespace(**decision, participants="", minutes_id=None),
        ),
        valuations=(SimpleNamespace(name="评估.pdf", sha256="d" * 64),),
        files={MINUTES: minutes},
        notices=(
            SimpleNamespace(**notice, id=NOTICE, is_related=True, related_note="发明人持股"),
            SimpleNamespace(**notice, id=other, is_related=False, related_note=""),
        ),
        objections={
            NOTICE: (
                SimpleNamespace(
                    **objection,
                    status=ObjectionStatus.DISMISSED,
                    settlement="适当",
                    settled_at=NOON,
                ),
                SimpleNamespace(
                    **objection, status=ObjectionStatus.RAISED, settlement="", settled_at=None
                ),
            )
        },
        people={PERSON: "周转"},
    )


def text_of(found, language="zh"):
    made = diligence.blocks(found, zh=WORDS, en=WORDS)
    return "\n".join(line.text(language) for block in made for line in block.lines)


class TestBlocks:
    def test_name_who_decided_on_what_and_when(self, full):
        text = text_of(full)
        for word in (
            "HQ-000001",
            "领导小组",
            "王某",
            "纪要.pdf · SHA-256 " + " ".join(["b" * 16] * 4),
            "周转",
            "2026-11-20 20:00",
            "某拍卖行",
            "收益法",
            "评估.pdf",
            "发明人持股",
            "2026-11-02 起 15 日",
            "偏低",
            "适当",
            " ".join(["c" * 16] * 4),
            "浙江条例第19条",
            "未确认",
            EXAMPLE[1].body,
        ):
            assert word in text
        assert "above ¥2,000,000.00" in text_of(full, "en")

    def test_say_where_nothing_is_known(self):
        text = text_of(
            empty(
                deal=deal(licensee_hidden=True),
                exemption=SimpleNamespace(value="依据", source="来源", confirmed=True),
            )
        )
        for word in (
            "尚未达成条款。",
            "尚未记录定价方式。",
            "未附评估报告。",
            "尚无决定。",
            "未发布公示。",
            "尚未具名",
            "已确认",
        ):
            assert word in text
        assert "某公司" not in text

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_become_one_pdf(self, full, language):
        made = diligence.blocks(full, zh=WORDS, en=WORDS)
        body = typesetting.document("尽职调查档案", made, language=language)
        assert body.startswith(b"%PDF")
