"""The text of an amendment: what stood, what stands from now on; a pure function."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from marketplace.contracts.clauses import values, words
from marketplace.contracts.clauses.builder import title_of
from marketplace.papers.content import Content, Filled, clause, note, paragraph, table
from marketplace.terms.rules.difference import changed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from marketplace.papers.content import Block
    from marketplace.performance.rules.changes import Change, PlanRow, Standing
    from marketplace.terms.value import RoyaltyStep, Terms

Pair = tuple[str, str]

LABELS: dict[str, Pair] = {
    "fields_of_use": ("应用领域", "Field of use"),
    "territory": ("地域", "Territory"),
    "term_months": ("有效期限", "Term"),
    "payment_note": ("支付方式补充约定", "Further agreement on payment"),
    "late_interest_bp": ("逾期付款年利率", "Interest a year on late payments"),
    "royalty_base": ("提成基数", "Royalty on"),
    "royalty_form": ("提成方式", "Form of the rate"),
    "minimum_annual_royalty_minor": ("年度最低提成费", "Minimum royalty a year"),
    "know_how": ("技术资料和技术秘密", "Know-how handed over"),
    "training": ("培训和技术指导", "Training and guidance"),
    "confidentiality_years": ("合同终止后的保密年限", "Confidentiality after the end"),
    "liability": ("违约责任的约定", "Agreement on liability"),
    "other": ("其他约定", "Other agreements"),
}
_NOTHING = ("未约定", "not agreed")
_PLAN = frozenset({"upfront_fee_minor", "entry_fee_minor", "milestones"})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The contract that is amended, and this amendment's number and grounds."""

    number: int
    contract_number: str
    signed_on: date
    grounds: str


def build(facts: Facts, standing: Standing, change: Change) -> Content:
    """Assemble the text, every value with the field it came from."""
    zh, en = title_of(standing.terms)
    return Content(
        title=f"{zh}补充协议（第{facts.number}号）",
        title_en=f"Amendment no. {facts.number} to the {en.lower()}",
        blocks=(
            *_opening(facts, standing.terms),
            *_fields(standing.terms, change.terms),
            *_plan(standing, change),
            *_royalty(standing.terms, change.terms),
            *_free(change),
            *_closing(),
        ),
    )


def _opening(facts: Facts, terms: Terms) -> Iterator[Block]:
    yield paragraph(
        "甲乙双方于{day}签署了《{title}》（合同编号：{number}，以下称原合同）。双方经协商一致，依照《中华人民共和国民法典》"
        "第五百四十三条，就原合同的变更订立本补充协议。",
        "On {day} the parties signed the {title} (contract number {number}, below: the contract). "
        "By agreement, under Civil Code article 543, they change it as follows.",
        day=values.day(facts.signed_on, "contract.signed_at"),
        title=values.pair(title_of(terms), "terms.contract_kind"),
        number=values.words(facts.contract_number, "contract.number"),
    )
    yield paragraph(
        "变更原因：{grounds}",
        "Grounds of the change: {grounds}",
        grounds=values.words(facts.grounds, "amendment.grounds"),
    )


_WRITTEN: dict[str, Callable[[Any, str], Filled]] = {
    "term_months": values.months,
    "confidentiality_years": values.years,
    "late_interest_bp": values.percent,
    "royalty_base": lambda value, source: values.pair(words.BASE[value], source),
    "royalty_form": lambda value, source: values.pair(words.FORM[value], source),
}


def _shown(name: str, terms: Terms) -> Filled:
    """Give a field of the terms as the contract writes it."""
    value: Any = getattr(terms, name)
    source = f"terms.{name}"
    if value is None or value == "":
        return values.pair(_NOTHING, source)
    if name == "minimum_annual_royalty_minor":
        return values.short_amount(value, terms.currency, source)
    return _WRITTEN.get(name, values.words)(value, source)


def _fields(before: Terms, after: Terms) -> Iterator[Block]:
    names = [name for name in changed(before, after) if name in LABELS]
    if not names:
        return
    yield clause("条款的变更", "Changed terms")
    yield table(
        (("条款", "Term"), ("原合同约定", "As it stood"), ("变更为", "From now on")),
        [
            (
                Filled(*LABELS[name], f"terms.{name}"),
                _shown(name, before),
                _shown(name, after),
            )
            for name in names
        ],
    )


def _plan(standing: Standing, change: Change) -> Iterator[Block]:
    before, after = standing.terms, change.terms
    if not _PLAN & set(changed(before, after)):
        return
    yield clause("价款计划的变更", "Changed plan of payments")
    yield paragraph(
        "固定价款总额由{old}变更为{new}。尚未支付的各期款项变更如下，各期款项之和等于固定价款总额；"
        "已经支付或者部分支付的款项不变。",
        "The fixed price of {old} becomes {new}. The payments still to come are changed as in the "
        "table and sum to it; what was paid, if only in part, stays.",
        old=values.amount(before.fixed_total_minor, before.currency, "terms.fixed_total_minor"),
        new=values.amount(
            after.fixed_total_minor, after.currency, "amendment.terms.fixed_total_minor"
        ),
    )
    known = {row.milestone_id: row for row in standing.open}
    rows = [_line("不变", "unchanged", row, before.currency) for row in standing.fixed]
    for row in change.rows:
        old = known.get(row.milestone_id) if row.milestone_id else None
        said = ("新增", "new") if old is None else ("不变", "unchanged")
        if old is not None and old != row:
            said = ("变更", "changed")
        rows.append(_line(*said, row, after.currency))
    kept = {row.milestone_id for row in change.rows}
    rows += [
        _line("取消", "taken out", row, before.currency)
        for row in standing.open
        if row.milestone_id not in kept
    ]
    yield table(
        (
            ("款项", "Payment"),
            ("支付条件（验收标准）", "Condition (acceptance criterion)"),
            ("金额", "Amount"),
            ("支付期限", "Due"),
            ("变更", "Change"),
        ),
        rows,
    )


def _line(zh: str, en: str, row: PlanRow, currency: str) -> tuple[Filled, ...]:
    source = "amendment.rows"
    due = (
        values.day(row.due_on, source)
        if row.due_on
        else Filled("条件成就之日起30日内", "within 30 days of the condition", source)
    )
    return (
        values.words(row.name, source),
        values.words(row.criterion or "—", source),
        values.short_amount(row.amount_minor, currency, source),
        due,
        Filled(zh, en, source),
    )


def _royalty(before: Terms, after: Terms) -> Iterator[Block]:
    different = set(changed(before, after))
    if not {"royalty_base", "royalty_form", "royalty_steps", "minimum_annual_royalty_minor"} & (
        different
    ):
        return
    yield clause("提成费的变更", "Changed royalty")
    if "royalty_steps" in different:
        yield table(
            (("档次", "Step"), ("原合同约定", "As it stood"), ("变更为", "From now on")),
            [
                (
                    Filled(str(number), str(number), "terms.royalty_steps"),
                    _step(old, before.currency, "terms.royalty_steps"),
                    _step(new, after.currency, "amendment.terms.royalty_steps"),
                )
                for number, (old, new) in enumerate(
                    zip_longest(before.royalty_steps, after.royalty_steps), 1
                )
            ],
        )
    yield paragraph(
        "变更后的提成费约定适用于本补充协议生效之日尚未届满的结算期及以后各期；此前已经届满的结算期仍按原约定计算。"
        "提成基数未变更的，分档累计连续计算。",
        "The changed royalty applies to the period that is running when this amendment takes "
        "effect and to later ones; periods that have ended follow what stood before. As long as "
        "the base is the same, the steps go on counting.",
    )


def _step(step: RoyaltyStep | None, currency: str, source: str) -> Filled:
    if step is None:
        return Filled("—", "—", source)
    base = values.short_amount(step.from_minor, currency, source)
    rate = values.percent(step.rate_bp, source)
    return Filled(f"{base.zh}以上部分：{rate.zh}", f"above {base.en}: {rate.en}", source)


def _free(change: Change) -> Iterator[Block]:
    if not change.clauses:
        return
    yield clause("补充约定", "Further clauses")
    yield paragraph(
        "{clauses}",
        "{clauses}",
        clauses=values.words(change.clauses, "amendment.clauses"),
    )


def _closing() -> Iterator[Block]:
    yield clause("原合同的效力", "What stays")
    yield paragraph(
        "除本补充协议变更的内容外，原合同的其他条款继续有效。双方已经支付的款项、已经确认的提成费结算单和已经分配的收益不受影响。",
        "Everything else in the contract stays in force. What was paid, confirmed royalty "
        "statements and income that was shared out are not touched.",
    )
    yield clause("变更登记", "Recording of the change")
    yield paragraph(
        "原合同已经办理技术合同认定登记的，由乙方按照原登记机构的要求办理变更手续，甲方应当提供协助。",
        "Where the contract is registered, Party B has the change recorded as the registration "
        "office demands; Party A helps.",
    )
    yield note(
        "办理变更手续的期限以登记机构的规定为准。",
        "The time for the recording follows the office's rules.",
    )
    yield clause("生效与文本", "Effect and text")
    yield paragraph(
        "本补充协议是原合同的组成部分，自双方签署之日起生效；以中文文本为准，英文文本仅供阅读。",
        "This amendment is part of the contract and takes effect when both parties have signed "
        "it. The Chinese text is binding, the English for reading.",
    )
