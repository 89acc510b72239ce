"""The claim file: what the platform knows of a contract that went round a manager.

It says only facts that were kept on the day when the claim arose, and the law.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from marketplace.managers.fees import Commission, commission
from marketplace.managers.models import FeePayer, RecordKind
from marketplace.managers.texts import amount, percent, shown_day
from marketplace.needs.clock import BEIJING, day_of
from marketplace.papers.content import Filled, clause, fields, item, note, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from marketplace.managers.models import Claim
    from marketplace.papers.content import Block

TITLE = ("技术经理人报酬请求材料", "Claim file of a technology manager")

_PAYERS = {
    FeePayer.CLIENT: ("委托人", "the client"),
    FeePayer.OTHER: ("合同相对方", "the other side"),
    FeePayer.SHARED: ("双方平均承担", "both sides in equal shares"),
}
_KINDS = {RecordKind.LISTING: ("技术成果", "Technology"), RecordKind.NEED: ("技术需求", "Need")}


@dataclass(frozen=True)
class AgreedFee:
    """The fee of a mandate as a claim keeps it."""

    success_fee_bp: int
    fixed_fee_minor: int
    floor_minor: int
    cap_minor: int | None
    payer: FeePayer


def agreed_fee(facts: Mapping[str, Any]) -> AgreedFee:
    """Read the fee back from a claim's facts."""
    kept = facts["mandate"]
    return AgreedFee(
        success_fee_bp=kept["success_fee_bp"],
        fixed_fee_minor=kept["fixed_fee_minor"],
        floor_minor=kept["floor_minor"],
        cap_minor=kept["cap_minor"],
        payer=FeePayer(kept["payer"]),
    )


def fee_of(facts: Mapping[str, Any]) -> Commission | None:
    """Compute the fee where the contract's value is known."""
    value = facts["value_minor"]
    return None if value is None else commission(value, agreed_fee(facts))


def _moment(text: str, source: str) -> Filled:
    moment = datetime.fromisoformat(text).astimezone(BEIJING)
    zh = f"{moment:%Y-%m-%d %H:%M}（北京时间）"
    return Filled(zh, f"{moment:%Y-%m-%d %H:%M} (Beijing time)", source)


def _name(facts: Mapping[str, Any], source: str) -> Filled:
    code = facts.get("code")
    zh, en = facts["name"], facts["name_en"] or facts["name"]
    return Filled(f"{zh}（{code}）" if code else zh, f"{en} ({code})" if code else en, source)


def claim_blocks(claim: Claim) -> Iterator[Block]:
    """Give the text of a claim file in both languages."""
    facts = claim.facts
    yield paragraph(
        "本材料由平台根据系统记录自动生成，供技术经理人依法主张报酬。",
        "The platform made this file from its records, for the manager to claim the fee by law.",
    )
    yield clause("引荐", "The introduction")
    yield fields(
        (("技术经理人", "Technology manager"), _name(facts["manager"], "introduction.manager")),
        (("技术供方", "Licensor"), _name(facts["licensor"], "introduction.licensor")),
        (("技术需方", "Licensee"), _name(facts["licensee"], "introduction.licensee")),
        (("引荐时间", "Introduced at"), _moment(facts["introduced_at"], "introduction.at")),
    )
    for line in facts["records"]:
        zh, en = _KINDS[RecordKind(line["kind"])]
        title = Filled(
            line["title"] or line["title_en"],
            line["title_en"] or line["title"],
            "introduction.record",
        )
        yield item(f"{zh}：{{title}}", f"{en}: {{title}}", title=title)
    yield from _mandate(facts["mandate"], agreed_fee(facts))
    yield clause("登记的合同", "The registered contract")
    yield paragraph(
        "上述双方的技术合同于{day}登记，合同的技术经理人不是引荐人。",
        "These two registered a technology contract on {day}; its manager is not the one who "
        "introduced them.",
        day=shown_day(day_of(claim.registered_at), "contract.registered_on"),
    )
    yield from _sum(facts)
    yield clause("法律依据", "The law")
    yield paragraph(
        "《民法典》第九百六十五条：委托人在接受中介人的服务后，利用中介人提供的交易机会或者媒介服务，绕开中介人直接订立合同的，应当向中介人支付报酬。",
        "Civil Code, article 965: a client who accepted the services of an intermediary, used the "
        "opportunity or the mediation so provided, and goes round the intermediary to make the "
        "contract directly, owes the fee.",
    )
    yield note(
        "是否构成绕开由当事人协商或者由法院、仲裁机构认定；平台不作判断。",
        "Whether somebody went round the manager is for the parties, a court or an arbitrator to "
        "say; the platform does not judge it.",
    )


def _mandate(kept: Mapping[str, Any], fee: AgreedFee) -> Iterator[Block]:
    yield clause("委托", "The mandate")
    first = date.fromisoformat(kept["starts_on"])
    last = date.fromisoformat(kept["ends_on"])
    days = str(kept["tail_days"])
    yield fields(
        (("委托人", "Client"), _name(kept["client"], "mandate.client")),
        (("签署时间", "Signed at"), _moment(kept["signed_at"], "mandate.signed_at")),
        (("起始日", "First day"), shown_day(first, "mandate.starts_on")),
        (("届满日", "Last day"), shown_day(last, "mandate.ends_on")),
        (("后续期（日）", "Tail in days"), Filled(days, days, "mandate.tail_days")),
        (("报酬承担", "Fee borne by"), Filled(*_PAYERS[fee.payer], "mandate.payer")),
    )
    if kept["ended_at"]:
        yield paragraph(
            "委托于{at}提前或者到期终止，后续期自该日起算。",
            "The mandate ended at {at}; its tail runs from that day.",
            at=_moment(kept["ended_at"], "mandate.ended_at"),
        )


def _sum(facts: Mapping[str, Any]) -> Iterator[Block]:
    fee, agreed = fee_of(facts), agreed_fee(facts)
    if agreed.success_fee_bp:
        yield item(
            "约定比例：合同金额的{share}",
            "Agreed share: {share} of the contract's value",
            share=percent(agreed.success_fee_bp, "mandate.success_fee_bp"),
        )
    for minor, zh, en, source in (
        (agreed.fixed_fee_minor, "约定固定报酬", "Agreed fixed fee", "mandate.fixed_fee_minor"),
        (agreed.floor_minor, "约定下限", "Agreed least", "mandate.floor_minor"),
        (agreed.cap_minor, "约定上限", "Agreed most", "mandate.cap_minor"),
    ):
        if minor:
            shown = amount(minor, source)
            yield item(f"{zh}：{{amount}}", f"{en}: {{amount}}", amount=shown)
    if fee is None:
        yield paragraph(
            "平台未取得合同金额，报酬按上述约定另行计算。",
            "The platform does not know the contract's value; the fee follows from these terms.",
        )
    else:
        yield paragraph(
            "按合同金额{value}计算，报酬为{fee}。",
            "For the contract's value of {value} the fee is {fee}.",
            value=amount(facts["value_minor"], "contract.value_minor"),
            fee=amount(fee.total_minor, "commission"),
        )
