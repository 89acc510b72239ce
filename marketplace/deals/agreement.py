"""The confidentiality agreement of a deal: our own wording in Chinese (binding) and English.

It is a mutual agreement of two parties; the technology manager is bound by the mandate and by the
professional rules, and is no party. Civil Code 501 (secrets learned in negotiation) and the
Anti-Unfair Competition Law 9 (trade secrets) stand behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.papers.content import (
    Block,
    Content,
    Filled,
    clause,
    fields,
    heading,
    item,
    note,
    paragraph,
)

if TYPE_CHECKING:
    from marketplace.deals.models import Deal
    from marketplace.organizations.models import Organization

#: Grows with each change of the wording, so that a signed text names its template.
TEMPLATE = "2026-11"


def _party(organization: Organization, source: str) -> tuple[tuple[tuple[str, str], Filled], ...]:
    return (
        (
            ("名称", "Name"),
            Filled(organization.name, organization.name_en or organization.name, f"{source}.name"),
        ),
        (
            ("统一社会信用代码", "Unified social credit code"),
            Filled(organization.credit_code, organization.credit_code, f"{source}.credit_code"),
        ),
    )


def compose(deal: Deal, *, purpose: str, years: int) -> Content:
    """Fill the template with the parties, the subject, the purpose and the term in years."""
    subject = Filled(deal.title, deal.title_en or deal.title, "deal.title")
    reference = Filled(deal.reference, deal.reference, "deal.number")
    aim = Filled(purpose, purpose, "deal.purpose")
    term = Filled(str(years), str(years), "rules.confidentiality_years")
    template = Filled(TEMPLATE, TEMPLATE, "deal.template")
    return Content(
        title="保密协议",
        title_en="Confidentiality agreement",
        blocks=(
            fields(
                (("交易编号", "Deal"), reference),
                (("文本版本", "Template"), template),
                (("洽谈事项", "Subject"), subject),
            ),
            heading("甲方（技术供给方）", "Party A (provider of the technology)"),
            fields(*_party(deal.licensor, "licensor")),
            heading("乙方（技术受让方）", "Party B (taker of the technology)"),
            fields(*_party(deal.licensee, "licensee")),
            *_articles(subject, aim, term),
        ),
    )


def _articles(subject: Filled, aim: Filled, term: Filled) -> tuple[Block, ...]:
    return (
        clause("目的", "Purpose"),
        paragraph(
            "双方就“{subject}”进行洽谈，需要互相提供未公开的资料。保密信息只可用于：{aim}。",
            "The parties negotiate about “{subject}” and will show each other information that is "
            "not public. Confidential information may be used for this alone: {aim}.",
            subject=subject,
            aim=aim,
        ),
        clause("保密信息", "Confidential information"),
        paragraph(
            "保密信息是指一方通过平台资料室、书面、口头或现场考察向对方提供，并标明保密或者按其"
            "性质应当保密的技术信息和经营信息，包括图纸、配方、工艺、数据、样品、程序和报价。",
            "Confidential information is technical and business information that a party provides "
            "through the room of the platform, in writing, by word or during a visit, and that is "
            "marked as confidential or is so by its nature: drawings, recipes, processes, data, "
            "samples, programs and quotations.",
        ),
        paragraph("下列信息不属于保密信息：", "The following is not confidential:"),
        item(
            "提供时已经公开，或者此后非因接收方过错而公开的；",
            "what was public when provided, or becomes public without fault of the receiver;",
        ),
        item(
            "接收方能证明提供前已经合法掌握，或者独立研发取得的；",
            "what the receiver can prove to have held lawfully before, or to have developed alone;",
        ),
        item(
            "接收方从有权披露的第三方合法取得的。",
            "what the receiver lawfully got from a third party entitled to disclose it.",
        ),
        clause("双方的义务", "Duties of both"),
        item(
            "以不低于保护自身秘密的谨慎程度保管，只让为上述目的确需知悉并负有同等保密义务的人员接触；",
            "to keep it with no less care than secrets of their own, and to show it only to people "
            "who need it for the purpose and are bound in the same way;",
        ),
        item(
            "未经提供方书面同意，不复制、不转交第三方，不以其申请专利或者登记其他权利；",
            "without written consent of the provider, neither to copy it nor to pass it on, and "
            "not to apply for patents or register other rights with it;",
        ),
        item(
            "不对样品进行超出约定目的的分析、拆解或者逆向工程。",
            "not to analyze, take apart or reverse-engineer samples beyond the agreed purpose.",
        ),
        paragraph(
            "法律或者有权机关要求披露的，接收方应在允许范围内事先通知提供方，且只披露被要求的部分。",
            "Where law or an authority demands disclosure, the receiver tells the provider "
            "beforehand as far as permitted, and discloses only what is demanded.",
        ),
        clause("权利归属", "Ownership"),
        paragraph(
            "保密信息及其权利仍归提供方。本协议不构成任何许可或者转让，也不使双方负有签订合同的义务。",
            "Confidential information and the rights in it stay with the provider. This agreement "
            "grants no license or transfer and obliges nobody to conclude a contract.",
        ),
        clause("返还与销毁", "Return and destruction"),
        paragraph(
            "洽谈终止后，接收方应在提供方提出要求之日起十日内返还或者销毁保密信息及其复制件，"
            "并书面确认；依法必须留存的除外。",
            "After the negotiation has ended, the receiver returns or destroys the information and "
            "its copies within ten days of the provider's demand and confirms it in writing, but "
            "for what the law requires to be kept.",
        ),
        clause("技术经理人与平台", "Technology manager and platform"),
        paragraph(
            "参与洽谈的技术经理人不是本协议当事人，不代任何一方签字；其负有同等保密义务。"
            "平台记录对保密资料的每次查阅，双方均可查看该记录。",
            "A technology manager who takes part is no party to this agreement and signs for "
            "nobody; the manager is bound to the same secrecy. The platform logs each look at "
            "confidential material, and both parties may read the log.",
        ),
        clause("期限", "Term"),
        paragraph(
            "本协议自双方签署之日起生效，保密义务在生效后{term}年内有效；属于商业秘密的，"
            "持续至其不再是商业秘密为止。",
            "This agreement takes effect when both parties have signed. The duties last for {term} "
            "years from then; for trade secrets, as long as they are such.",
            term=term,
        ),
        clause("责任与争议", "Liability and disputes"),
        paragraph(
            "违反本协议的一方应当停止违约、采取补救措施并赔偿对方因此受到的损失。"
            "争议由双方协商解决；协商不成的，向提供方住所地有管辖权的人民法院起诉。",
            "A party in breach stops it, mends what it can and compensates the other's loss. "
            "Disputes are settled by talks, failing which by the competent people's court at the "
            "provider's seat.",
        ),
        note(
            "《民法典》第五百零一条；《反不正当竞争法》第九条。中文文本为准。",
            "Civil Code 501; Anti-Unfair Competition Law 9. The Chinese text prevails.",
        ),
    )
