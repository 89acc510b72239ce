"""The diligence file: who decided on what and when, as blocks for one PDF.

It gathers what shields people who followed the rules from blame for a later change of value. The
rule that it quotes for that is a setting with its source: for Wuhan it is not confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.papers.content import Block, BlockKind, Line, plain
from marketplace.terms.rules.days import BEIJING
from marketplace.terms.value import NAMES
from marketplace.terms.wording import LABELS, amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from marketplace.codes.rules import Shown
    from marketplace.deals.models import Deal
    from marketplace.files.models import Attachment
    from marketplace.terms.models import (
        AgreedTerms,
        ApprovalDecision,
        Objection,
        PriceNotice,
        Pricing,
    )
    from marketplace.terms.rules.approval import Tier
    from marketplace.terms.value import Terms
    from marketplace.terms.wording import Wording

    Say = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Diligence:
    """Everything that the file shows, loaded by the caller."""

    deal: Deal
    terms: Terms | None
    agreed: AgreedTerms | None
    pricing: Pricing | None
    tiers: Sequence[Tier]
    decisions: Sequence[ApprovalDecision]
    valuations: Sequence[Attachment]
    files: Mapping[UUID, Attachment]
    notices: Sequence[PriceNotice]
    objections: Mapping[UUID, Sequence[Objection]]
    people: Mapping[UUID, str]
    exemption: Shown
    made_at: datetime


def blocks(found: Diligence, *, zh: Wording, en: Wording) -> list[Block]:
    """Give the file's blocks in both languages."""
    page = _Page(found, zh, en)
    return [
        *page.heading("一、交易", "1. Deal"),
        page.parties(),
        *page.heading("二、已达成的条款", "2. Agreed terms"),
        *page.terms(),
        *page.heading("三、定价方式与依据", "3. Pricing method and basis"),
        *page.pricing(),
        *page.heading("四、评估报告", "4. Valuation reports"),
        *page.valuations(),
        *page.heading("五、审批权限与决定", "5. Approval tiers and decisions"),
        *page.decisions(),
        *page.heading("六、公示与异议", "6. Public notice and objections"),
        *page.notices(),
        *page.heading("七、勤勉尽责免责依据", "7. Ground of exemption from liability"),
        *page.exemption(),
    ]


def _moment(value: datetime) -> str:
    return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def _grouped(sha256: str) -> str:
    """Give a hash in groups that a line can break between."""
    return " ".join(sha256[start : start + 16] for start in range(0, len(sha256), 16))


def _both(text: object) -> Line:
    """Give a value that reads alike in both languages."""
    return plain(str(text), str(text))


class _Page:
    """Writes the sections; ``zh`` and ``en`` put enum labels and fields into words."""

    def __init__(self, found: Diligence, zh: Wording, en: Wording) -> None:
        self.found, self.zh, self.en = found, zh, en

    def _label(self, message: str) -> Line:
        return plain(self.zh.say(message), self.en.say(message))

    @staticmethod
    def heading(zh: str, en: str) -> Iterator[Block]:
        yield Block(BlockKind.HEADING, plain(zh, en))

    @staticmethod
    def _fields(*rows: tuple[Line, Line]) -> Block:
        return Block(BlockKind.FIELDS, rows=tuple(rows))

    @staticmethod
    def _nothing(zh: str, en: str) -> Block:
        return Block(BlockKind.NOTE, plain(zh, en))

    def _person(self, person_id: UUID | None) -> str:
        return self.found.people.get(person_id, "–") if person_id else "–"

    def parties(self) -> Block:
        deal = self.found.deal
        return self._fields(
            (plain("编号", "Number"), _both(deal.reference)),
            (plain("技术", "Technology"), plain(deal.title, deal.title_en or deal.title)),
            (
                plain("提供方", "Providing side"),
                plain(deal.licensor.name, deal.licensor.name_en or deal.licensor.name),
            ),
            (
                plain("接受方", "Receiving side"),
                plain("尚未具名", "not named yet")
                if deal.licensee_hidden
                else plain(deal.licensee.name, deal.licensee.name_en or deal.licensee.name),
            ),
            (plain("生成时间", "Made at"), _both(_moment(self.found.made_at))),
        )

    def terms(self) -> Iterator[Block]:
        terms, agreed = self.found.terms, self.found.agreed
        if terms is None or agreed is None:
            yield self._nothing("尚未达成条款。", "No terms are agreed yet.")
            return
        rows: list[tuple[Line, Line]] = []
        for name in NAMES:
            zh, en = self.zh.lines(terms, name), self.en.lines(terms, name)
            if zh:
                rows.append((self._label(LABELS[name]), plain("；".join(zh), "; ".join(en))))
        rows.append((plain("达成时间", "Agreed at"), _both(_moment(agreed.agreed_at))))
        rows.append((plain("接受人", "Accepted by"), _both(self._person(agreed.accepted_by))))
        rows.append((plain("条款哈希", "Hash of the terms"), _both(_grouped(agreed.sha256))))
        yield self._fields(*rows)

    def pricing(self) -> Iterator[Block]:
        pricing = self.found.pricing
        if pricing is None:
            yield self._nothing("尚未记录定价方式。", "No pricing method is recorded yet.")
            return
        rows = [
            (plain("定价方式", "Method"), self._label(pricing.method.label)),
            (
                plain("审批金额", "Amount for approval"),
                _both(amount(pricing.amount_minor, "CNY")),
            ),
        ]
        for zh, en, value in (
            ("定价依据", "Basis", pricing.basis),
            ("市场或拍卖机构", "Market or house", pricing.house),
            ("许可证号", "Permit", pricing.permit),
            ("结果日期", "Day of the result", pricing.held_on),
            ("结果", "Result", pricing.result),
            ("评估机构", "Appraiser", pricing.appraiser),
            (
                "评估值",
                "Appraised at",
                amount(pricing.appraised_minor, "CNY") if pricing.appraised_minor else "",
            ),
            ("评估日期", "Appraised on", pricing.appraised_on),
        ):
            if value:
                rows.append((plain(zh, en), _both(value)))
        rows.append((plain("记录人", "Recorded by"), _both(self._person(pricing.recorded_by))))
        rows.append((plain("记录时间", "Recorded at"), _both(_moment(pricing.recorded_at))))
        yield self._fields(*rows)

    def valuations(self) -> Iterator[Block]:
        if not self.found.valuations:
            yield self._nothing("未附评估报告。", "No valuation report is attached.")
            return
        head = (plain("文件", "File"), plain("SHA-256", "SHA-256"))
        yield Block(
            BlockKind.TABLE,
            rows=(
                head,
                *(
                    (_both(file.name), _both(_grouped(file.sha256)))
                    for file in self.found.valuations
                ),
            ),
        )

    def decisions(self) -> Iterator[Block]:
        for tier in self.found.tiers:
            sum_ = amount(tier.from_minor, "CNY")
            yield Block(
                BlockKind.ITEM,
                plain(
                    f"{'超过' if tier.is_above else '自'} {sum_}：{tier.body}",
                    f"{'above' if tier.is_above else 'from'} {sum_}: {tier.body}",
                ),
            )
        if not self.found.decisions:
            yield self._nothing("尚无决定。", "No decision is recorded yet.")
        for row in self.found.decisions:
            minutes = self.found.files.get(row.minutes_id) if row.minutes_id else None
            fields = [
                (plain("决定机构", "Body"), _both(row.body)),
                (plain("事项", "Decided on"), _both(row.subject)),
                (plain("结果", "Outcome"), self._label(row.decision.label)),
                (plain("金额", "Amount"), _both(amount(row.amount_minor, "CNY"))),
                (plain("决定日期", "Day"), _both(row.decided_on)),
                (plain("参加人", "Participants"), _both(row.participants or "–")),
                (
                    plain("会议纪要", "Minutes"),
                    _both(
                        f"{minutes.name} · SHA-256 {_grouped(minutes.sha256)}" if minutes else "–"
                    ),
                ),
                (plain("记录人", "Recorded by"), _both(self._person(row.recorded_by))),
                (plain("记录时间", "Recorded at"), _both(_moment(row.recorded_at))),
            ]
            yield self._fields(*fields)

    def notices(self) -> Iterator[Block]:
        if not self.found.notices:
            yield self._nothing("未发布公示。", "No notice was published.")
        for notice in self.found.notices:
            yield self._fields(
                (plain("名称", "Name"), _both(notice.name)),
                (plain("拟交易对象", "Proposed buyer"), _both(notice.buyer)),
                (
                    plain("拟交易价格", "Proposed price"),
                    _both(f"{amount(notice.price_minor, notice.currency)} · {notice.price_note}"),
                ),
                (
                    plain("关联交易", "Related party"),
                    _both(notice.related_note) if notice.is_related else plain("否", "No"),
                ),
                (
                    plain("公示", "Published"),
                    plain(
                        f"{notice.posted_on} 起 {notice.days} 日",
                        f"from {notice.posted_on} for {notice.days} days",
                    ),
                ),
                (plain("状态", "State"), self._label(notice.status.label)),
            )
            for row in self.found.objections.get(notice.id, ()):
                yield self._fields(
                    (plain("异议时间", "Objection raised at"), _both(_moment(row.raised_at))),
                    (plain("异议人", "Raised by"), _both(self._person(row.raised_by))),
                    (plain("理由", "Reasons"), _both(row.reasons)),
                    (plain("处理结果", "Outcome"), self._label(row.status.label)),
                    (plain("处理理由", "Reasons of the settlement"), _both(row.settlement or "–")),
                    (
                        plain("处理时间", "Settled at"),
                        _both(_moment(row.settled_at) if row.settled_at else "–"),
                    ),
                )

    def exemption(self) -> Iterator[Block]:
        rule = self.found.exemption
        confirmed = (
            plain("已确认", "confirmed") if rule.confirmed else plain("未确认", "not confirmed")
        )
        yield self._fields(
            (plain("依据", "Rule"), _both(rule.value)),
            (plain("来源", "Source"), _both(rule.source)),
            (plain("本地适用", "Applies here"), confirmed),
        )
