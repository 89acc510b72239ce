"""Rows of a table as facilities: kinds, services, instruments, capability, opening hours."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS as DISCIPLINES
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.messages import N_
from marketplace.exchange import values
from marketplace.exchange.values import BadValue
from marketplace.exchange.words import words_of
from marketplace.facilities.models import (
    FacilityKind,
    FilingLevel,
    InstrumentKind,
    PilotService,
    VerificationKind,
)
from marketplace.facilities.services.bulk import FacilityRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

KINDS = words_of(
    {
        FacilityKind.CONCEPT_CENTER: "概念验证中心 概念验证",
        FacilityKind.PILOT_PLATFORM: "中试平台 中试基地 中试",
        FacilityKind.LABORATORY: "实验室 开放实验室 检测中心",
        FacilityKind.OFFICE: "办公场地 共享办公 孵化器",
    }
)
LEVELS = words_of(
    {
        FilingLevel.CITY: "市级",
        FilingLevel.PROVINCE: "省级",
        FilingLevel.NATIONAL: "国家级",
    }
)
SERVICES = words_of(
    {
        PilotService.CONVERSION: "成果转化 科技成果转化",
        PilotService.IMPROVEMENT: "性能工艺改进 工艺改进 性能改进",
        PilotService.SCALE_UP: "工艺放大 工艺放大熟化",
        PilotService.TYPE_TEST: "样品试制与型式试验 型式试验",
        PilotService.PERFORMANCE_TEST: "性能测试 产品性能测试",
        PilotService.TRIAL_RUN: "小批量试生产 试生产",
        PilotService.SHARING: "仪器设备共享 设备共享",
        PilotService.EQUIPMENT_CHECK: "装备验证 设备验证",
    }
)
VERIFICATIONS = words_of(
    {
        VerificationKind.PRINCIPLE: "原理验证",
        VerificationKind.PRODUCT_AND_SCENE: "产品与场景体系验证 产品与场景验证",
        VerificationKind.PROTOTYPE: "原型制备与技术可行性验证 原型验证",
        VerificationKind.BUSINESS_OUTLOOK: "商业前景验证",
    }
)
_LINE = re.compile("线|line", re.IGNORECASE)
_HOURS = re.compile(r"([1-7])(?:-([1-7]))?\s+(\d{1,2}:\d{2})-(\d{1,2}:\d{2})")
_CAPABILITY = ("operation", "material", "amount_from", "amount_to", "unit", "output")


def _rows(cell: Any, most: int, example: str) -> list[list[str]]:  # noqa: ANN401 — whatever a cell holds
    """Give rows of parts: entries end at a semicolon or a line, parts at an upright stroke."""
    text = values.plain(cell).replace("；", ";").replace("\n", ";").replace("｜", "|")
    found = [[part.strip() for part in row.split("|")] for row in text.split(";") if row.strip()]
    if any(len(row) > most for row in found):
        raise BadValue(N_("“%(found)s” has too many parts: write rows as in the example."), example)
    return found


def _instruments(cell: Any) -> list[dict[str, Any]]:  # noqa: ANN401 — see above
    """Give instruments of name|model|count; lines are known by their name."""
    found = []
    for name, *rest in _rows(cell, 3, "激光粒度仪|LS-5|2"):
        model, count = [*rest, "", ""][:2]
        kind = InstrumentKind.LINE if _LINE.search(name) else InstrumentKind.INSTRUMENT
        number = values.number(count, 1, 9999) if count else 1
        found.append(
            {"kind": kind.value, "name": name, "model": model, "count": number, "bookable": True}
        )
    return found


def _capabilities(cell: Any) -> list[dict[str, Any]]:  # noqa: ANN401 — see above
    """Give what goes in and what comes out."""
    example = "湿法合成|无机盐溶液|1|200|kg|电子级溶液"
    return [
        dict(zip(_CAPABILITY, [*row, *[""] * len(_CAPABILITY)], strict=False))
        for row in _rows(cell, len(_CAPABILITY), example)
    ]


def _hours(cell: Any) -> list[dict[str, Any]]:  # noqa: ANN401 — see above
    """Give spans of weekdays: 1-5 09:00-12:00；1-5 13:30-17:00；6 09:00-12:00."""
    text = unicodedata.normalize("NFKC", values.plain(cell)).replace("–", "-").replace("~", "-")
    found = []
    for part in filter(None, (part.strip() for part in re.split(r"[;\n]", text))):
        span = _HOURS.fullmatch(part)
        if span is None:
            raise BadValue(
                N_("“%(found)s” are no opening hours: write weekdays (1–7) and times."),
                "1-5 09:00-17:00；6 09:00-12:00",
            )
        first, last = int(span[1]), int(span[2] or span[1])
        found += [
            {"weekday": day, "opens": span[3].zfill(5), "closes": span[4].zfill(5)}
            for day in range(first, last + 1)
        ]
    return found


def _district(cell: Any) -> str | None:  # noqa: ANN401 — see above
    return next(iter(values.codes(cell, DISTRICTS)), None)


def _filed_on(cell: Any) -> str | None:  # noqa: ANN401 — see above
    day = values.day(cell)
    return day.isoformat() if day else None


#: Field of a table → (part of the text, how a cell is read).
PARTS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "title": ("name", values.plain),
    "title_en": ("name_en", values.plain),
    "kind": ("kind", lambda cell: values.choice(cell, KINDS)),
    "summary": ("summary", values.plain),
    "about": ("about", values.plain),
    "keywords": ("keywords", lambda cell: list(values.texts(cell))),
    "industry": ("industry_codes", lambda cell: list(values.codes(cell, INDUSTRIES))),
    "field": ("field_codes", lambda cell: list(values.codes(cell, DISCIPLINES))),
    "district": ("district_code", _district),
    "address": ("address", values.plain),
    "contact_name": ("contact_name", values.plain),
    "contact_phone": ("contact_phone", values.plain),
    "contact_email": ("contact_email", values.plain),
    "trl_from": ("trl_from", lambda cell: values.number(cell, 1, 9)),
    "trl_to": ("trl_to", lambda cell: values.number(cell, 1, 9)),
    "services": ("services", lambda cell: list(values.choices(cell, SERVICES))),
    "verifications": ("verifications", lambda cell: list(values.choices(cell, VERIFICATIONS))),
    "capabilities": ("capabilities", _capabilities),
    "instruments": ("instruments", _instruments),
    "hours": ("hours", _hours),
    "filing_level": ("filing_level", lambda cell: values.choice(cell, LEVELS)),
    "filing_number": ("filing_number", values.plain),
    "filed_on": ("filed_on", _filed_on),
}
#: How each cell of a row is read.
READERS: dict[str, Callable[[Any], Any]] = {
    "external_id": values.plain,
    **{key: read for key, (_part, read) in PARTS.items()},
}
#: Part of the text → field of a table, for faults that the rules find.
FIELDS_OF_PARTS = {part: key for key, (part, _read) in PARTS.items()}


def record_of(said: Mapping[str, Any], number: str) -> FacilityRecord:
    """Give the facility that a row's values make."""
    return FacilityRecord(
        external_id=number,
        values={PARTS[key][0]: value for key, value in said.items() if key in PARTS},
    )
