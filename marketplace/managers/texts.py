"""The text of a mandate in Chinese (binding) and English, each filled value with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.managers.models import FeePayer, RecordKind
from marketplace.papers.content import (
    Block,
    Content,
    Filled,
    clause,
    item,
    note,
    paragraph,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from marketplace.managers.models import Mandate
    from marketplace.managers.queries.mandates import RecordLine

#: How the two parties are called on the paper.
CLIENT = ("委托人", "Client")
MANAGER = ("技术经理人", "Technology manager")

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_KINDS = {RecordKind.LISTING: ("技术成果", "Technology"), RecordKind.NEED: ("技术需求", "Need")}


def amount(minor: int, source: str) -> Filled:
    """Give an amount of CNY with both digits behind the point."""
    figure = f"{minor // 100:,}.{minor % 100:02d}"
    return Filled(f"人民币 {figure} 元", f"CNY {figure}", source)


def percent(basis_points: int, source: str) -> Filled:
    """Give basis points as percent without idle zeros."""
    figure = f"{basis_points / 100:.2f}".rstrip("0").rstrip(".") + "%"
    return Filled(figure, figure, source)


def shown_day(day: date, source: str) -> Filled:
    """Give a day in words of both languages."""
    return Filled(
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
        source,
    )


def mandate_content(mandate: Mandate, lines: Sequence[RecordLine]) -> Content:
    """Make the text of a mandate; its sides must be loaded."""
    return Content(
        title="技术交易中介（委托）合同",
        title_en="Mandate for brokering technology transactions",
        blocks=tuple(_blocks(mandate, lines)),
    )


def _blocks(mandate: Mandate, lines: Sequence[RecordLine]) -> Iterator[Block]:
    yield from _subject(mandate, lines)
    yield from _term(mandate)
    yield from _fee(mandate)
    yield from _costs(mandate)
    yield from _duties(mandate)
    if mandate.note:
        yield clause("特别约定", "Special agreements")
        text = Filled(mandate.note, mandate.note, "mandate.note")
        yield paragraph("{text}", "{text}", text=text)
    yield clause("生效", "Entry into force")
    yield paragraph(
        "本合同自双方签署之日起生效。中英文不一致时，以中文为准。",
        "This mandate takes effect when both sides have signed it. The Chinese text prevails.",
    )


def _subject(mandate: Mandate, lines: Sequence[RecordLine]) -> Iterator[Block]:
    client = Filled(
        mandate.client.name, mandate.client.name_en or mandate.client.name, "client.name"
    )
    manager = Filled(
        mandate.manager.name, mandate.manager.name_en or mandate.manager.name, "manager.name"
    )
    yield clause("委托事项", "Subject")
    yield paragraph(
        "{client}委托{manager}就下列项目向其报告订立技术合同的机会，并提供订立技术合同的媒介服务：",
        "{client} engages {manager} to report opportunities to conclude technology contracts "
        "about the following, and to bring such contracts about:",
        client=client,
        manager=manager,
    )
    for line in lines:
        zh, en = _KINDS[line.kind]
        title = Filled(line.title or line.title_en, line.title_en or line.title, "mandate.records")
        yield item(f"{zh}：{{title}}", f"{en}: {{title}}", title=title)
    if mandate.other is not None:
        other = Filled(
            mandate.other.name, mandate.other.name_en or mandate.other.name, "mandate.other"
        )
        yield paragraph(
            "委托范围限于与{other}订立的合同。",
            "The mandate covers contracts with {other} only.",
            other=other,
        )


def _term(mandate: Mandate) -> Iterator[Block]:
    yield clause("期限与排他", "Term and exclusivity")
    yield paragraph(
        "委托期限自{first}起至{last}止，首尾两日均计入。",
        "The mandate runs from {first} to {last}, both days included.",
        first=shown_day(mandate.starts_on, "mandate.starts_on"),
        last=shown_day(mandate.ends_on, "mandate.ends_on"),
    )
    chosen = (
        Filled("排他委托", "exclusive", "mandate.exclusive")
        if mandate.exclusive
        else Filled("非排他委托", "not exclusive", "mandate.exclusive")
    )
    effect = (
        (
            "期限内委托人不就上述项目委托其他技术经理人",
            "during its term the client engages no other technology manager for the same records",
        )
        if mandate.exclusive
        else (
            "委托人可以就上述项目另行委托其他技术经理人",
            "the client may engage other technology managers for the same records",
        )
    )
    yield paragraph(
        f"本合同为{{kind}}：{effect[0]}。",
        f"This mandate is {{kind}}: {effect[1]}.",
        kind=chosen,
    )


def _fee(mandate: Mandate) -> Iterator[Block]:
    yield clause("报酬", "Fee")
    yield paragraph(
        "技术经理人促成技术合同成立的，委托人按下列约定支付报酬：",
        "When a technology contract is made with the manager's help, a fee is owed as follows:",
    )
    if mandate.success_fee_bp:
        yield item(
            "按技术合同金额的{share}计算；",
            "{share} of the value of the technology contract;",
            share=percent(mandate.success_fee_bp, "mandate.success_fee_bp"),
        )
    if mandate.fixed_fee_minor:
        yield item(
            "固定报酬{fixed}；",
            "a fixed fee of {fixed};",
            fixed=amount(mandate.fixed_fee_minor, "mandate.fixed_fee_minor"),
        )
    if mandate.floor_minor:
        yield item(
            "以上合计不低于{floor}；",
            "together at least {floor};",
            floor=amount(mandate.floor_minor, "mandate.floor_minor"),
        )
    if mandate.cap_minor is not None:
        yield item(
            "以上合计不超过{cap}；",
            "together at most {cap};",
            cap=amount(mandate.cap_minor, "mandate.cap_minor"),
        )
    payer = {
        FeePayer.CLIENT: Filled("由委托人承担", "borne by the client", "mandate.payer"),
        FeePayer.OTHER: Filled(
            "由合同相对方承担，但以其书面同意为限；未同意的，由委托人承担",
            "borne by the other side as far as it agrees in writing, otherwise by the client",
            "mandate.payer",
        ),
        FeePayer.SHARED: Filled(
            "由技术合同双方平均承担，相对方承担部分以其书面同意为限",
            "borne by both sides of the technology contract in equal shares, the other side's as "
            "far as it agrees in writing",
            "mandate.payer",
        ),
    }[mandate.payer]
    yield paragraph("报酬{payer}。", "The fee is {payer}.", payer=payer)
    yield note(
        "《民法典》第九百六十三条：促成合同成立的，委托人应当按照约定支付报酬；提供媒介服务而没有约定的，由当事人平均负担。",
        "Civil Code, article 963: the agreed fee is owed once the contract is made; for media "
        "services without an agreement both parties bear it equally.",
    )


def _costs(mandate: Mandate) -> Iterator[Block]:
    yield clause("未促成时的费用", "Costs without a contract")
    if mandate.costs_cap_minor:
        yield paragraph(
            "未促成合同成立的，不支付报酬；委托人凭据支付必要的中介活动费用，不超过{costs}。",
            "Without a contract no fee is owed; the client pays necessary costs on receipts, at "
            "most {costs}.",
            costs=amount(mandate.costs_cap_minor, "mandate.costs_cap_minor"),
        )
    else:
        yield paragraph(
            "未促成合同成立的，不支付报酬，{costs}。",
            "Without a contract no fee is owed, and {costs}.",
            costs=Filled(
                "中介活动费用由技术经理人自行承担",
                "the manager bears the costs",
                "mandate.costs_cap_minor",
            ),
        )
    yield note("《民法典》第九百六十四条。", "Civil Code, article 964.")


def _duties(mandate: Mandate) -> Iterator[Block]:
    yield clause("如实报告与保密", "Truth and secrecy")
    yield paragraph(
        "技术经理人应当就有关订立合同的事项如实报告；故意隐瞒重要事实或者提供虚假情况损害委托人利益的，不得请求支付报酬并应当赔偿损失。",
        "The manager reports truthfully on everything that concerns the contract. A manager who "
        "hides important facts or gives false ones, to the client's harm, loses the fee and owes "
        "damages.",
    )
    yield paragraph(
        "双方对在履行本合同中知悉的对方及相对方的商业秘密负有保密义务，本合同终止后仍然有效。",
        "Both keep secret what they learn of each other's and the other side's trade secrets, also "
        "after this mandate has ended.",
    )
    yield note("《民法典》第九百六十二条。", "Civil Code, article 962.")
    yield clause("引荐记录与后续期", "Introductions and tail")
    yield paragraph(
        "平台记录的引荐（引荐人、双方、项目和时间）是双方认可的证据。",
        "Both accept the platform's record of an introduction (who, whom, to what, when) as "
        "evidence.",
    )
    yield paragraph(
        "本合同终止后{days}日内，委托人与经技术经理人引荐的相对方就上述项目订立合同的，视为经其促成，仍应支付报酬。",
        "A contract about these records that the client makes within {days} days after the end of "
        "this mandate with somebody whom the manager introduced counts as brought about by the "
        "manager, and the fee is owed.",
        days=Filled(str(mandate.tail_days), str(mandate.tail_days), "mandate.tail_days"),
    )
    yield note(
        "《民法典》第九百六十五条：委托人接受中介服务后绕开中介人直接订立合同的，应当支付报酬。",
        "Civil Code, article 965: a client who used the service and goes round the intermediary "
        "owes the fee.",
    )
