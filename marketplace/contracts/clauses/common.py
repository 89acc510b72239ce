"""Clauses that all kinds of contract share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts.clauses import values, words
from marketplace.papers.content import Filled, clause, fields, note, paragraph, table
from marketplace.terms.kinds import ContractKind, Ownership

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.contracts.clauses.facts import Facts, Right
    from marketplace.papers.content import Block
    from marketplace.terms.value import Terms


def opening(terms: Terms, facts: Facts) -> Iterator[Block]:
    """Name the contract: number, kind, subject, time."""
    yield paragraph(
        "甲乙双方经平等协商，依照《中华人民共和国民法典》的规定，就下述事项订立本合同，共同遵守。",
        "The parties conclude this contract on equal terms under the Civil Code of the People's "
        "Republic of China.",
    )
    rows = [
        (("合同编号", "Contract number"), Filled(facts.number, facts.number, "contract.number")),
        (
            ("合同类型", "Kind of contract"),
            values.pair(words.KIND[terms.contract_kind], "terms.contract_kind"),
        ),
        (("项目名称", "Project"), Filled(facts.title, facts.title_en or facts.title, "deal.title")),
        (
            ("标的技术", "Subject"),
            values.words(terms.subject or facts.title, "terms.subject"),
        ),
    ]
    if terms.starts_on:
        rows.append((("起始日期", "Begins on"), values.day(terms.starts_on, "terms.starts_on")))
    if terms.term_months:
        rows.append((("有效期限", "Term"), values.months(terms.term_months, "terms.term_months")))
    yield fields(*rows)


def rights(facts: Facts) -> Iterator[Block]:
    """Name each right with applicant, numbers and dates (Civil Code 845)."""
    if not facts.rights:
        return
    yield paragraph(
        "标的技术所涉知识产权如下：", "These intellectual property rights are concerned:"
    )
    yield table(
        (
            ("种类", "Kind"),
            ("名称", "Title"),
            ("申请号／专利号／登记号", "Number"),
            ("申请人、权利人", "Applicant and owner"),
            ("申请日／授权日／届满日", "Filed / granted / ends"),
        ),
        [_right(right) for right in facts.rights],
    )


def _right(right: Right) -> tuple[Filled, ...]:
    source = f"right.{right.number or right.title}"
    dates = " / ".join(
        day.isoformat() if day else "—"
        for day in (right.filed_on, right.granted_on, right.expires_on)
    )
    return (
        values.pair(right.kind, source),
        values.words(right.title or "—", source),
        values.words(right.number or "—", source),
        values.words(right.owner or "—", source),
        values.words(dates, source),
    )


def period(terms: Terms) -> Iterator[Block]:
    """Say from when to when the contract runs."""
    yield clause("期限", "Term")
    if terms.starts_on:
        yield paragraph(
            "本合同自{starts}起履行。",
            "Performance begins on {starts}.",
            starts=values.day(terms.starts_on, "terms.starts_on"),
        )
    else:
        yield paragraph(
            "本合同自双方签署之日起履行。",
            "Performance begins on the day both parties have signed.",
        )
    if terms.term_months:
        yield paragraph(
            "本合同的有效期限为{term}。",
            "The contract runs for {term}.",
            term=values.months(terms.term_months, "terms.term_months"),
        )
    elif terms.contract_kind is ContractKind.LICENSE:
        yield paragraph(
            "双方未约定实施期限，实施不受期限限制，但以有关专利权有效存续为限。",
            "No term is agreed: the use has no time limit, as long as the patents last.",
        )
    else:
        yield paragraph(
            "本合同至双方义务履行完毕时终止。",
            "The contract ends when both parties have performed it.",
        )


def improvements(terms: Terms) -> Iterator[Block]:
    """Say to whom later improvements and new results belong."""
    yield clause("成果及后续改进的归属", "Results and later improvements")
    if terms.new_results is not None:
        yield paragraph(
            "履行本合同所产生的新的技术成果及其知识产权{owner}。",
            "New results from this contract and their rights {owner}.",
            owner=values.pair(words.OWNERSHIP[terms.new_results], "terms.new_results"),
        )
    else:
        yield from _silent_results(terms.contract_kind)
    if terms.improvements is not None:
        yield paragraph(
            "任何一方对标的技术作出的后续改进{owner}。",
            "Later improvements of the technology {owner}.",
            owner=values.pair(words.OWNERSHIP[terms.improvements], "terms.improvements"),
        )
    elif terms.contract_kind in (ContractKind.TRANSFER, ContractKind.LICENSE):
        yield paragraph(
            "一方作出的后续改进归该方所有，其他方无权分享。",
            "An improvement belongs to the party that made it; the other has no share in it.",
        )
        yield note("参见《民法典》第八百七十五条。", "See Civil Code, article 875.")

    if Ownership.JOINT in (terms.new_results, terms.improvements):
        yield paragraph(
            "共有成果的使用、许可、转让和收益分配由双方另行书面约定。",
            "Use, licensing, transfer and income of joint results are agreed in writing apart.",
        )


def _silent_results(kind: ContractKind) -> Iterator[Block]:
    if kind is ContractKind.DEVELOPMENT:
        yield paragraph(
            "双方未另行约定的，委托开发完成的发明创造，申请专利的权利属于乙方；乙方取得专利权的，甲方可以依法实施该专利。",
            "Nothing else is agreed: the right to apply for a patent on commissioned work belongs "
            "to Party B; Party A may use the patent as the law provides.",
        )
        yield note("参见《民法典》第八百五十九条。", "See Civil Code, article 859.")
    elif kind in (ContractKind.CONSULTING, ContractKind.SERVICE):
        yield paragraph(
            "双方未另行约定的，乙方利用甲方资料和工作条件完成的新成果属于乙方，甲方利用乙方工作成果完成的新成果属于甲方。",
            "Nothing else is agreed: new results that Party B makes with the data of Party A "
            "belong to Party B, and those that Party A makes with the work of Party B to Party A.",
        )
        yield note("参见《民法典》第八百八十五条。", "See Civil Code, article 885.")
    else:
        yield paragraph(
            "履行本合同所产生的新的技术成果归完成该成果的一方所有。",
            "New results from this contract belong to the party that made them.",
        )


def confidentiality(terms: Terms) -> Iterator[Block]:
    """Say what is kept secret and for how long."""
    yield clause("保密", "Confidentiality")
    yield paragraph(
        "双方对因订立和履行本合同而知悉的对方技术秘密和其他未公开信息承担保密义务，未经对方书面同意不得披露或者用于本合同以外的目的；"
        "法律要求披露的，应当事先通知对方。",
        "Both parties keep confidential what they learn of the other's secrets through this "
        "contract and use it for nothing else without written consent. Where the law demands "
        "disclosure, the other party is told beforehand.",
    )
    if terms.confidentiality_years is not None:
        yield paragraph(
            "保密义务在本合同终止后继续有效{years}。",
            "This duty lasts for {years} after the contract's end.",
            years=values.years(terms.confidentiality_years, "terms.confidentiality_years"),
        )
    else:
        yield paragraph(
            "保密义务在有关信息依法公开之前持续有效。",
            "This duty lasts until the information is lawfully public.",
        )


def taxes(terms: Terms) -> Iterator[Block]:
    """Say who bears taxes."""
    yield clause("税费", "Taxes and fees")
    if terms.tax_borne_by is not None:
        yield paragraph(
            "因本合同发生的税费{bearer}。",
            "Taxes and fees that this contract causes {bearer}.",
            bearer=values.pair(words.TAX[terms.tax_borne_by], "terms.tax_borne_by"),
        )
    else:
        yield paragraph(
            "因本合同发生的税费由双方依照法律规定各自承担。",
            "Taxes and fees that this contract causes are borne by each party as the law provides.",
        )


def export(terms: Terms) -> Iterator[Block]:
    """Bind the contract to the export papers when the receiving side is foreign."""
    if not terms.foreign_licensee:
        return
    yield clause("技术出口管理", "Export of technology")
    yield paragraph(
        "{foreign}，本合同属于技术出口。属于限制出口的技术，本合同自取得技术出口许可证之日起生效；属于自由出口的技术，乙方应当办理合同登记。",
        "{foreign}, so this contract is an export of technology. For restricted technology it "
        "takes effect with the export license; for free technology Party B registers it.",
        foreign=values.pair(
            ("甲方为境外主体", "Party A is a foreign party"), "terms.foreign_licensee"
        ),
    )
    yield note(
        "参见《技术进出口管理条例》第三十条至第三十八条。",
        "See Regulations on Technology Import and Export, articles 30 to 38.",
    )


def liability(terms: Terms) -> Iterator[Block]:
    """Say who answers for what."""
    yield clause("违约责任", "Liability")
    if terms.liability.strip():
        yield paragraph(
            "双方约定：{liability}",
            "The parties agree: {liability}",
            liability=values.words(terms.liability, "terms.liability"),
        )
    yield paragraph(
        "任何一方不履行合同义务或者履行不符合约定的，应当承担继续履行、采取补救措施或者赔偿损失等违约责任。",
        "A party that does not perform as agreed performs, remedies or makes good the damage.",
    )
    yield paragraph(
        "因不可抗力不能履行的，根据影响部分或者全部免除责任，但应当及时通知对方并提供证明。",
        "Force majeure relieves a party as far as it reaches; the party gives notice and proof at "
        "once.",
    )


def closing(terms: Terms) -> Iterator[Block]:
    """Registration, disputes, other agreements, taking effect."""
    yield clause("技术合同认定登记", "Registration of the contract")
    yield paragraph(
        "本合同生效后，由乙方向其所在地技术合同认定登记机构申请认定登记，甲方应当提供协助。",
        "After it takes effect, Party B has this contract registered at the registration office "
        "of its place; Party A helps.",
    )
    yield clause("争议解决", "Disputes")
    yield paragraph(
        "因本合同发生的争议，双方应当先行协商；协商不成的，任何一方可以向乙方住所地有管辖权的人民法院起诉。",
        "Disputes are first talked over; failing that, either party may sue at the competent court "
        "of the place of Party B.",
    )
    if terms.other.strip():
        yield clause("其他约定", "Other agreements")
        yield paragraph("{other}", "{other}", other=values.words(terms.other, "terms.other"))
    yield clause("生效与文本", "Effect and text")
    yield paragraph(
        "本合同自双方签署之日起生效；法律、行政法规规定应当办理批准或者登记手续的，依照其规定。",
        "The contract takes effect when both parties have signed it, subject to approvals and "
        "registrations that the law demands.",
    )
    yield paragraph(
        "本合同以中文文本为准，英文文本仅供阅读；变更应当采用书面形式并由双方签署。",
        "The Chinese text is binding, the English for reading. Changes are made in writing and "
        "signed by both parties.",
    )
