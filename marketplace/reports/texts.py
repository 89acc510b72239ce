"""The text of a test report in Chinese (binding) and English, each value with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.bookings.times import local_text
from marketplace.papers.content import (
    Block,
    Content,
    Filled,
    clause,
    fields,
    note,
    paragraph,
    table,
)
from marketplace.reports.models import Conclusion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from marketplace.bookings.models import Booking
    from marketplace.reports.models import TestReport

#: How the two parties are called on the paper.
OPERATOR = ("测试方", "Operator")
USER = ("委托方", "User")

_CONCLUSIONS = {
    Conclusion.REACHED: ("全部指标达到", "All targets were reached"),
    Conclusion.PARTLY: ("部分指标达到", "Some targets were reached"),
    Conclusion.MISSED: ("指标未达到", "The targets were not reached"),
}
_VERDICTS = {"reached": ("达到", "reached"), "missed": ("未达到", "missed")}


def report_content(report: TestReport, booking: Booking) -> Content:
    """Make the text of a report; the booking's resource and facility must be loaded."""
    return Content(
        title="测试验证报告",
        title_en="Test report",
        blocks=tuple(_blocks(report, booking)),
    )


def _same(text: str, source: str) -> Filled:
    return Filled(text, text, source)


def _named(zh: str, en: str, source: str) -> Filled:
    return Filled(zh, en or zh, source)


def _blocks(report: TestReport, booking: Booking) -> Iterator[Block]:
    resource, facility = booking.resource, booking.resource.facility
    yield fields(
        (("报告名称", "Report"), _same(report.title, "report.title")),
        (("平台", "Facility"), _named(facility.name, facility.name_en, "facility.name")),
        (("设备或产线", "Resource"), _named(resource.name, resource.name_en, "resource.name")),
        (("预约编号", "Booking"), _same(booking.reference, "booking.reference")),
        (
            ("使用时间", "Time of use"),
            _same(
                f"{local_text(booking.starts_at)} – {local_text(booking.ends_at)}",
                "booking.starts_at",
            ),
        ),
    )
    yield clause("测试对象", "What was tested")
    yield _text(report.object_tested, "report.object_tested")
    yield clause("方法与条件", "Method and conditions")
    yield _text(report.method, "report.method")
    if report.conditions:
        yield _text(report.conditions, "report.conditions")
    yield clause("测量值与目标值", "Measured values and targets")
    yield table(
        (
            ("项目", "Value"),
            ("单位", "Unit"),
            ("目标", "Target"),
            ("实测", "Measured"),
            ("判定", "Verdict"),
        ),
        [_cells(row, number) for number, row in enumerate(report.rows)],
    )
    yield clause("结论", "Conclusion")
    zh, en = _CONCLUSIONS[report.conclusion or Conclusion.MISSED]
    yield paragraph(
        "{conclusion}。{summary}",
        "{conclusion}. {summary}",
        conclusion=Filled(zh, en, "report.conclusion"),
        summary=_same(report.summary, "report.summary"),
    )
    if report.level is not None:
        yield paragraph(
            "测试方认为上述结果可证明技术成熟度达到 {level} 级，由平台审核后生效。",
            "In the operator's judgment the results prove readiness level {level}; it takes "
            "effect once the platform has reviewed it.",
            level=_same(f"TRL {report.level}", "report.level"),
        )
    yield note(
        "本报告仅对所测样品负责。可凭文末编号在平台核验真伪。",
        "This report speaks of the tested samples only. Its hash can be checked on the platform.",
    )


def _text(text: str, source: str) -> Block:
    return paragraph("{text}", "{text}", text=_same(text, source))


def _cells(row: Mapping[str, Any], number: int) -> list[Filled]:
    source = f"report.rows.{number}"
    zh, en = _VERDICTS.get(str(row["verdict"]), ("—", "—"))
    return [
        *(_same(str(row[name]) or "—", f"{source}.{name}") for name in _PLAIN),
        Filled(zh, en, f"{source}.verdict"),
    ]


_PLAIN = ("name", "unit", "target", "measured")
