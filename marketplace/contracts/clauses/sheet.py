"""The registration sheet (技术合同登记表) and the explanation of the subsidy, as blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.contracts.clauses import values, words
from marketplace.contracts.clauses.facts import ROLES
from marketplace.contracts.installments import installments
from marketplace.papers.content import Content, Filled, fields, heading, note, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from marketplace.contracts.clauses.facts import Facts
    from marketplace.papers.content import Block
    from marketplace.terms.value import Terms


@dataclass(frozen=True, kw_only=True)
class SheetParty:
    """A side as the office asks for it."""

    name: str
    name_en: str
    code: str
    address: str
    kind: tuple[str, str]
    place: tuple[str, str]
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class SheetData:
    """Everything that stands on the registration sheet."""

    terms: Terms
    facts: Facts
    supplier: SheetParty
    receiver: SheetParty
    signed_on: date | None
    technology_minor: int | None
    office: str
    sha256: str
    field: tuple[str, str] = ("", "")


def registration_sheet(data: SheetData) -> Content:
    """Fill the sheet; every value names its source."""
    terms = data.terms
    roles = ROLES[terms.contract_kind]
    return Content(
        title="技术合同认定登记表",
        title_en="Registration sheet of a technology contract",
        blocks=(
            heading("一、合同基本情况", "1. The contract"),
            _contract(data),
            heading("二、卖方（提供技术一方）", "2. Supplier"),
            _party(data.supplier, roles.provider, "licensor"),
            heading("三、买方（接受技术一方）", "3. Receiver"),
            _party(data.receiver, roles.receiver, "licensee"),
            heading("四、价款构成", "4. Price"),
            *_price(data),
            heading("五、知识产权", "5. Intellectual property"),
            _rights(data),
            note(
                "本表由系统依据已签署合同填写，卖方核对盖章后提交登记机构。",
                "Filled from the signed contract; the supplier checks, stamps and files it.",
            ),
        ),
    )


def _contract(data: SheetData) -> Block:
    terms, facts = data.terms, data.facts
    signed = (
        values.day(data.signed_on, "contract.signed_at")
        if data.signed_on
        else Filled("未签署", "not signed", "contract.signed_at")
    )
    term = (
        values.months(terms.term_months, "terms.term_months")
        if terms.term_months
        else Filled("至履行完毕", "until performed", "terms.term_months")
    )
    rows = [
        (("合同编号", "Contract number"), values.words(facts.number, "contract.number")),
        (("合同名称", "Title"), Filled(facts.title, facts.title_en or facts.title, "deal.title")),
        (
            ("合同类别", "Kind of contract"),
            values.pair(words.KIND[terms.contract_kind], "terms.contract_kind"),
        ),
        (("标的技术", "Subject"), values.words(terms.subject or facts.title, "terms.subject")),
        (("签订日期", "Signed on"), signed),
        (("有效期限", "Term"), term),
        (("登记机构", "Registration office"), values.words(data.office, "registration.office")),
        (
            ("合同文本指纹", "SHA-256 of the text"),
            # A line can break at the blank alone; 64 characters in one run leave the page.
            values.words(f"{data.sha256[:32]} {data.sha256[32:]}".strip(), "paper.sha256"),
        ),
    ]
    if data.field[0]:
        rows.insert(3, (("技术领域", "Field"), values.pair(data.field, "listing.field_codes")))
    return fields(*rows)


def _party(party: SheetParty, role: tuple[str, str], source: str) -> Block:
    return fields(
        (("名称", "Name"), Filled(party.name, party.name_en or party.name, f"{source}.name")),
        (("合同中的身份", "Role"), values.pair(role, "terms.contract_kind")),
        (
            ("统一社会信用代码", "Unified social credit code"),
            values.words(party.code, f"{source}.credit_code"),
        ),
        (("单位类型", "Kind of body"), values.pair(party.kind, f"{source}.kind")),
        (("所在地区", "Place"), values.pair(party.place, f"{source}.district_code")),
        (("地址", "Address"), values.words(party.address or "—", f"{source}.address")),
        (("签署人", "Signed by"), values.words(party.contact or "—", f"{source}.signature")),
    )


def _price(data: SheetData) -> list[Block]:
    terms = data.terms
    source = "terms.fixed_total_minor"
    total = terms.fixed_total_minor
    technology = total if data.technology_minor is None else data.technology_minor
    rows = [
        (("合同成交总金额", "Contract amount"), values.amount(total, terms.currency, source)),
        (
            ("其中：技术交易额", "of which for technology"),
            values.amount(technology, terms.currency, "registration.technology_minor"),
        ),
        (
            ("支付方式", "Way of payment"),
            values.pair(_way(terms), "terms.royalty_base"),
        ),
    ]
    blocks = [fields(*rows)]
    parts = installments(terms)
    if parts:
        blocks.append(
            table(
                (("款项", "Payment"), ("金额", "Amount"), ("期限", "Due")),
                [
                    (
                        Filled(part.name, part.name_en, part.source),
                        values.short_amount(part.amount_minor, terms.currency, part.source),
                        values.day(part.due_on, part.source)
                        if part.due_on
                        else Filled("条件成就时", "on its condition", part.source),
                    )
                    for part in parts
                ],
            )
        )
    return blocks


def _way(terms: Terms) -> tuple[str, str]:
    """Name the way of payment as the Civil Code does (846)."""
    if terms.has_royalty:
        if terms.entry_fee_minor:
            return "提成支付附加预付入门费", "royalty with an entry fee"
        return "提成支付", "royalty"
    if len(installments(terms)) > 1:
        return "一次总算、分期支付", "fixed price in parts"
    return "一次总算、一次总付", "fixed price at once"


def _rights(data: SheetData) -> Block:
    if not data.facts.rights:
        none = Filled("未涉及已登记的知识产权", "no registered right", "listing.rights")
        return fields((("情况", "State"), none))
    return table(
        (("种类", "Kind"), ("名称", "Title"), ("编号", "Number"), ("权利人", "Owner")),
        [
            (
                values.pair(right.kind, "listing.rights"),
                values.words(right.title or "—", "listing.rights"),
                values.words(right.number or "—", "listing.rights"),
                values.words(right.owner or "—", "listing.rights"),
            )
            for right in data.facts.rights
        ],
    )


@dataclass(frozen=True)
class FileEntry:
    """A file of the subsidy set: its name in the archive, what it is, its SHA-256."""

    name: str
    title: tuple[str, str]
    sha256: str


def subsidy_cover(
    *,
    lines: Sequence[tuple[str, str, bool]],
    amount_minor: int,
    entries: Sequence[FileEntry],
    year: int,
) -> Content:
    """Explain line by line who qualifies, and list the files of the set."""
    state = {True: ("符合", "holds"), False: ("不符合", "does not hold")}
    return Content(
        title=f"{year}年度技术交易补贴申报材料",
        title_en=f"Trade subsidy of {year}: file set",
        blocks=(
            heading("一、资格核对", "1. Conditions"),
            table(
                (("条件", "Condition"), ("核对结果", "State")),
                [
                    (Filled(zh, en, "subsidy"), values.pair(state[holds], "subsidy"))
                    for zh, en, holds in lines
                ],
            ),
            heading("二、测算金额", "2. Amount"),
            fields(
                (
                    ("测算补贴金额", "Computed subsidy"),
                    values.amount(amount_minor, "CNY", "subsidy"),
                )
            ),
            heading("三、文件清单", "3. Files"),
            table(
                (("文件", "File"), ("内容", "What it is"), ("SHA-256", "SHA-256")),
                [
                    (
                        values.words(entry.name, "file"),
                        values.pair(entry.title, "file"),
                        values.words(f"{entry.sha256[:32]} {entry.sha256[32:]}", "file"),
                    )
                    for entry in entries
                ],
            ),
        ),
    )
