"""Clauses of transfer and license contracts (Civil Code 862–877)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts.clauses import common, money, values, words
from marketplace.papers.content import clause, note, paragraph
from marketplace.terms.kinds import LicenseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.contracts.clauses.facts import Facts
    from marketplace.papers.content import Block
    from marketplace.terms.value import Terms


def transfer(terms: Terms, facts: Facts) -> Iterator[Block]:
    """Assemble a transfer contract."""
    yield clause("转让标的", "What is transferred")
    yield paragraph(
        "乙方将下述技术的权利转让给甲方：{subject}。",
        "Party B transfers to Party A its rights in: {subject}.",
        subject=values.words(terms.subject or facts.title, "terms.subject"),
    )
    yield from common.rights(facts)
    yield from _extent(terms)
    yield from common.period(terms)
    yield from handover(terms)
    yield from money.price(terms)
    yield from money.royalty(terms)
    yield from money.equity(terms)
    yield clause("权利转移手续", "Passing of the rights")
    yield paragraph(
        "涉及专利权或者专利申请权的，双方应当向国务院专利行政部门登记，转让自登记之日起生效；其他权利自乙方交付全部技术资料之日起转移。",
        "Where patents or applications are concerned, the transfer is registered at the patent "
        "office and takes effect on that day; other rights pass when Party B has handed over all "
        "documents.",
    )
    yield note("参见《专利法》第十条。", "See Patent Law, article 10.")
    if facts.is_public_licensor:
        yield paragraph(
            "乙方确认，已依法告知职务技术成果完成人，完成人在同等条件下的优先受让权已获行使或者放弃。",
            "Party B confirms that the people who made the service result were told, and that "
            "their first right to acquire it on equal conditions was used or given up.",
        )
        yield note("参见《民法典》第八百四十七条。", "See Civil Code, article 847.")
    yield from warranties(facts, keeps_alive=False)
    yield from common.improvements(terms)


def license_(terms: Terms, facts: Facts) -> Iterator[Block]:
    """Assemble a license contract."""
    yield clause("许可标的与许可方式", "What is licensed, and how")
    yield paragraph(
        "乙方许可甲方实施下述技术：{subject}。",
        "Party B licenses Party A to use: {subject}.",
        subject=values.words(terms.subject or facts.title, "terms.subject"),
    )
    yield from common.rights(facts)
    yield from _license_kind(terms)
    yield from _extent(terms)
    yield from _sublicensing(terms)
    yield from common.period(terms)
    yield from handover(terms)
    yield from money.price(terms)
    yield from money.royalty(terms)
    yield from money.equity(terms)
    yield from warranties(facts, keeps_alive=True)
    if facts.has_patent:
        yield clause("许可备案", "Recording of the license")
        yield paragraph(
            "乙方应当自本合同生效之日起三个月内向国务院专利行政部门办理专利实施许可备案，甲方予以配合。",
            "Party B records the license at the patent office within three months after this "
            "contract takes effect; Party A helps.",
        )
        yield note("参见《专利法实施细则》第十五条。", "See Implementing Rules, article 15.")
    yield from common.improvements(terms)


def _license_kind(terms: Terms) -> Iterator[Block]:
    if terms.license_kind is None:
        yield paragraph(
            "双方未约定许可方式，视为普通实施许可。",
            "Nothing is agreed on the kind of license: it counts as an ordinary license.",
        )
        yield note(
            "参见最高人民法院技术合同司法解释第二十五条。",
            "See Supreme People's Court, Interpretation on Technology Contracts, article 25.",
        )
        return
    yield paragraph(
        "许可方式为{kind}。",
        "It is {kind}.",
        kind=values.pair(words.LICENSE[terms.license_kind], "terms.license_kind"),
    )
    if terms.license_kind is LicenseKind.OPEN:
        yield paragraph(
            "甲方以书面通知接受乙方的开放许可声明，并按声明支付许可使用费后取得许可；声明撤回不影响此前取得的许可。",
            "Party A obtains the license by written notice that it accepts the declaration, and "
            "by paying the declared fee; withdrawing the declaration does not touch it.",
        )
        yield note("参见《专利法》第五十条至第五十二条。", "See Patent Law, articles 50 to 52.")


def _extent(terms: Terms) -> Iterator[Block]:
    if terms.fields_of_use.strip():
        yield paragraph(
            "实施的领域为：{use}。",
            "Field of use: {use}.",
            use=values.words(terms.fields_of_use, "terms.fields_of_use"),
        )
    if terms.territory.strip():
        yield paragraph(
            "实施的地域为：{territory}。",
            "Territory: {territory}.",
            territory=values.words(terms.territory, "terms.territory"),
        )


def _sublicensing(terms: Terms) -> Iterator[Block]:
    if terms.sublicensing is not None:
        yield paragraph(
            "甲方{sublicensing}。",
            "Party A {sublicensing}.",
            sublicensing=values.pair(words.SUBLICENSING[terms.sublicensing], "terms.sublicensing"),
        )
        return
    yield paragraph(
        "甲方不得许可约定以外的第三人实施该技术。",
        "Party A may not let third parties use the technology.",
    )
    yield note("参见《民法典》第八百六十七条。", "See Civil Code, article 867.")


def handover(terms: Terms) -> Iterator[Block]:
    """Say which documents and guidance are given."""
    yield clause("技术资料与技术指导", "Documents and guidance")
    if terms.know_how.strip():
        yield paragraph(
            "乙方交付以下技术资料和技术秘密：{know_how}",
            "Party B hands over these documents and know-how: {know_how}",
            know_how=values.words(terms.know_how, "terms.know_how"),
        )
    else:
        yield paragraph(
            "乙方应当交付实施该技术所必需的有关技术资料。",
            "Party B hands over the documents that are needed to use the technology.",
        )
        yield note(
            "参见《民法典》第八百六十六条、第八百六十八条。", "See Civil Code, articles 866, 868."
        )
    if terms.training.strip():
        yield paragraph(
            "乙方提供以下培训和技术指导：{training}",
            "Party B gives this training and guidance: {training}",
            training=values.words(terms.training, "terms.training"),
        )
    else:
        yield paragraph(
            "乙方应当提供实施该技术所必需的技术指导。",
            "Party B gives the guidance that is needed to use the technology.",
        )


def warranties(facts: Facts, *, keeps_alive: bool) -> Iterator[Block]:
    """Say what the providing side stands for (Civil Code 870, 874)."""
    yield clause("权利保证", "Warranties")
    yield paragraph(
        "乙方保证自己是所提供技术的合法拥有者，并保证该技术完整、无误、有效，能够达到约定的目标。",
        "Party B warrants that it is the lawful owner of the technology and that it is complete, "
        "free of errors, valid and fit for the agreed aim.",
    )
    yield paragraph(
        "甲方按照约定实施该技术侵害他人合法权益的，由乙方承担责任。",
        "If the agreed use infringes rights of others, Party B answers for it.",
    )
    if keeps_alive and facts.has_patent:
        yield paragraph(
            "在本合同有效期内，乙方应当维持有关专利权有效，按时缴纳年费，并积极应对他人提出的宣告专利权无效请求。",
            "While the contract runs, Party B keeps the patents alive, pays their annual fees and "
            "answers requests to declare them void.",
        )
        yield note(
            "参见最高人民法院技术合同司法解释第二十六条。",
            "See Supreme People's Court, Interpretation on Technology Contracts, article 26.",
        )
