"""Clauses of development, consulting and service contracts (Civil Code 851–861, 878–887)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts.clauses import common, money, values
from marketplace.papers.content import clause, note, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.contracts.clauses.facts import Facts
    from marketplace.papers.content import Block
    from marketplace.terms.value import Terms


def development(terms: Terms, facts: Facts) -> Iterator[Block]:
    """Assemble a development contract."""
    yield clause("研究开发的内容与目标", "Content and aim of the development")
    yield paragraph(
        "乙方接受甲方委托，研究开发：{subject}。",
        "Party B develops for Party A: {subject}.",
        subject=values.words(terms.subject or facts.title, "terms.subject"),
    )
    yield from common.rights(facts)
    if terms.fields_of_use.strip():
        yield paragraph(
            "研究开发成果的应用领域为：{use}。",
            "Field of use of the results: {use}.",
            use=values.words(terms.fields_of_use, "terms.fields_of_use"),
        )
    if terms.territory.strip():
        yield paragraph(
            "甲方使用研究开发成果的地域为：{territory}。",
            "Territory in which Party A uses the results: {territory}.",
            territory=values.words(terms.territory, "terms.territory"),
        )
    yield from common.period(terms)
    yield clause("双方的协作义务", "Duties of both parties")
    yield paragraph(
        "甲方应当按照约定支付研究开发经费和报酬，提供技术资料，提出研究开发要求，完成协作事项并接受研究开发成果。",
        "Party A pays cost and remuneration, gives data and requirements, cooperates and takes "
        "the results.",
    )
    yield paragraph(
        "乙方应当制定并实施研究开发计划，合理使用经费，按期完成工作并交付成果，提供必要的技术资料和技术指导。",
        "Party B plans and carries out the work, uses the funds reasonably, delivers in time and "
        "gives the needed documents and guidance.",
    )
    yield note(
        "参见《民法典》第八百五十二条、第八百五十三条。", "See Civil Code, articles 852, 853."
    )
    yield from _know_how(terms)
    yield from _acceptance()
    yield from money.price(terms)
    yield from money.royalty(terms)
    yield from money.equity(terms)
    yield clause("技术风险", "Risk of the development")
    yield paragraph(
        "在履行过程中，因出现无法克服的技术困难致使研究开发失败或者部分失败的，一方发现后应当及时通知对方并采取措施减少损失；"
        "该风险由双方合理分担，另有约定的除外。",
        "If difficulties that nobody can overcome make the work fail, the party that notices tells "
        "the other at once and limits the loss; unless agreed otherwise, both share it reasonably.",
    )
    yield note("参见《民法典》第八百五十八条。", "See Civil Code, article 858.")
    yield from common.improvements(terms)


def consulting(terms: Terms, facts: Facts) -> Iterator[Block]:
    """Assemble a consulting contract."""
    yield clause("咨询的内容与要求", "Content of the consulting")
    yield paragraph(
        "乙方运用专业知识就下述项目提供可行性论证、技术预测、专题技术调查或者分析评价报告：{subject}。",
        "Party B gives a feasibility study, forecast, survey or assessment on: {subject}.",
        subject=values.words(terms.subject or facts.title, "terms.subject"),
    )
    yield from common.rights(facts)
    yield from common.period(terms)
    yield clause("双方义务", "Duties of both parties")
    yield paragraph(
        "甲方应当阐明咨询的问题，提供技术背景材料及有关资料，接受工作成果并支付报酬。",
        "Party A states the question, gives background and data, takes the work and pays for it.",
    )
    yield paragraph(
        "乙方应当按期完成咨询报告或者解答问题，提出的咨询报告应当达到约定的要求。",
        "Party B delivers the report or answers in time and to the agreed standard.",
    )
    yield paragraph(
        "甲方按照乙方符合约定要求的咨询报告和意见作出决策所造成的损失，由甲方承担，另有约定的除外。",
        "Losses from decisions that follow a report of the agreed standard are borne by Party A, "
        "unless agreed otherwise.",
    )
    yield note(
        "参见《民法典》第八百七十九条至第八百八十一条。", "See Civil Code, articles 879 to 881."
    )
    yield from _training(terms)
    yield from _acceptance()
    yield from money.price(terms)
    yield from _cost_of_work()
    yield from common.improvements(terms)


def service(terms: Terms, facts: Facts) -> Iterator[Block]:
    """Assemble a service contract."""
    yield clause("服务的内容与要求", "Content of the service")
    yield paragraph(
        "乙方以技术知识为甲方解决下述特定技术问题：{subject}。",
        "With its technical knowledge Party B solves for Party A: {subject}.",
        subject=values.words(terms.subject or facts.title, "terms.subject"),
    )
    yield from common.rights(facts)
    yield from common.period(terms)
    yield clause("双方义务", "Duties of both parties")
    yield paragraph(
        "甲方应当提供工作条件，完成配合事项，接受工作成果并支付报酬。",
        "Party A gives the working conditions, cooperates, takes the work and pays for it.",
    )
    yield paragraph(
        "乙方应当完成约定的服务项目，解决技术问题，保证工作质量，并传授解决技术问题的知识。",
        "Party B does the agreed work, solves the problem, answers for the quality and passes on "
        "the knowledge behind the solution.",
    )
    yield note(
        "参见《民法典》第八百八十二条、第八百八十三条。", "See Civil Code, articles 882, 883."
    )
    yield from _training(terms)
    yield from _acceptance()
    yield from money.price(terms)
    yield from _cost_of_work()
    yield from common.improvements(terms)


def _know_how(terms: Terms) -> Iterator[Block]:
    if terms.know_how.strip():
        yield paragraph(
            "乙方随成果交付以下技术资料和技术秘密：{know_how}",
            "With the results Party B hands over: {know_how}",
            know_how=values.words(terms.know_how, "terms.know_how"),
        )
    yield from _training(terms)


def _training(terms: Terms) -> Iterator[Block]:
    if terms.training.strip():
        yield paragraph(
            "乙方提供以下培训和技术指导：{training}",
            "Party B gives this training and guidance: {training}",
            training=values.words(terms.training, "terms.training"),
        )


def _acceptance() -> Iterator[Block]:
    yield clause("验收", "Acceptance")
    yield paragraph(
        "工作成果按照价款表所列验收标准逐期验收；甲方应当在收到成果之日起十五个工作日内书面提出意见，逾期未提出的，视为验收合格。",
        "Work is accepted part by part by the criteria in the table of payments. Party A answers "
        "in writing within fifteen working days; silence counts as acceptance.",
    )


def _cost_of_work() -> Iterator[Block]:
    yield paragraph(
        "乙方正常开展工作所需费用由乙方负担，已计入价款。",
        "The cost of the normal work is borne by Party B and included in the price.",
    )
    yield note("参见《民法典》第八百八十六条。", "See Civil Code, article 886.")
