"""Clauses on price, payment, royalty and shares (Civil Code 845, 846)."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from marketplace.contracts.clauses import values, words
from marketplace.contracts.installments import installments
from marketplace.papers.content import Filled, clause, item, note, paragraph, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.papers.content import Block
    from marketplace.terms.value import Terms

#: Days for a payment that has no day of its own.
PAYMENT_DAYS = 30


def price(terms: Terms) -> Iterator[Block]:
    """Say what is paid, in which parts and how."""
    yield clause("价款及其支付", "Price and payment")
    yield paragraph(
        "本合同以{currency}计价和支付。",
        "Prices and payments of this contract are in {currency}.",
        currency=values.currency(terms.currency, "terms.currency"),
    )
    if terms.free_of_charge:
        yield paragraph(
            "{free}。",
            "{free}.",
            free=values.pair(
                ("乙方不就本合同收取任何费用", "Party B charges nothing for this contract"),
                "terms.free_of_charge",
            ),
        )
        return
    if terms.fixed_total_minor:
        yield from _fixed(terms)
    if terms.payment_note.strip():
        yield paragraph(
            "支付方式补充约定：{note}",
            "Further agreement on payment: {note}",
            note=values.words(terms.payment_note, "terms.payment_note"),
        )
    yield paragraph(
        f"表中未写明日期的款项，甲方应当在所列条件成就之日起{PAYMENT_DAYS}日内支付；"
        "乙方应当在收款前提供付款账户信息，并依法开具发票。",
        f"A payment without a day in the table is made within {PAYMENT_DAYS} days after its "
        "condition is met. Party B names its account beforehand and issues invoices as the law "
        "provides.",
    )
    yield late_interest(terms)


def late_interest(terms: Terms) -> Block:
    """Say what lateness costs; the provider claims it, so that nothing is owed unasked."""
    if terms.late_interest_bp is None:
        return paragraph(
            "甲方逾期付款的，应当自逾期之日起按全国银行间同业拆借中心公布的一年期贷款市场报价利率向乙方支付逾期利息。",
            "On late payments Party A owes interest at the one-year loan prime rate published by "
            "the National Interbank Funding Center.",
        )
    if not terms.late_interest_bp:
        return paragraph(
            "甲方逾期付款的，乙方{rate}。",
            "On late payments Party B {rate}.",
            rate=values.pair(("不计收逾期利息", "asks no interest"), "terms.late_interest_bp"),
        )
    return paragraph(
        "甲方逾期付款的，应当自逾期之日起按年利率{rate}（单利，一年按365日计）向乙方支付逾期利息。",
        "On late payments Party A owes simple interest at {rate} a year of 365 days.",
        rate=values.percent(terms.late_interest_bp, "terms.late_interest_bp"),
    )


def _fixed(terms: Terms) -> Iterator[Block]:
    yield paragraph(
        "固定价款总额为{total}，由下表所列各期款项组成，各期款项之和等于固定价款总额。",
        "The fixed price is {total}. It consists of the parts in the table, whose sum it is.",
        total=values.amount(terms.fixed_total_minor, terms.currency, "terms.fixed_total_minor"),
    )
    rows = []
    for position, part in enumerate(installments(terms), start=1):
        due = (
            values.day(part.due_on, part.source)
            if part.due_on
            else Filled("条件成就之日起30日内", "within 30 days of the condition", part.source)
        )
        rows.append(
            (
                Filled(str(position), str(position), part.source),
                Filled(part.name, part.name_en, part.source),
                Filled(part.criterion or "—", part.criterion_en or "—", part.source),
                values.short_amount(part.amount_minor, terms.currency, part.source),
                due,
            )
        )
    yield table(
        (
            ("序号", "No."),
            ("款项", "Payment"),
            ("支付条件（验收标准）", "Condition (acceptance criterion)"),
            ("金额", "Amount"),
            ("支付期限", "Due"),
        ),
        rows,
    )


def royalty(terms: Terms) -> Iterator[Block]:
    """Say how a running royalty is reckoned, reported, paid and inspected (Civil Code 846)."""
    if terms.royalty_base is None:
        return
    yield clause("提成费", "Running royalty")
    base = values.pair(words.BASE[terms.royalty_base], "terms.royalty_base")
    if terms.royalty_form is not None:
        yield paragraph(
            "除固定价款外，甲方按实施本合同技术所得的{base}，以{form}向乙方支付提成费，比例如下：",
            "Besides the fixed price Party A pays a royalty on {base} from the use of the "
            "technology at {form}:",
            base=base,
            form=values.pair(words.FORM[terms.royalty_form], "terms.royalty_form"),
        )
    else:
        yield paragraph(
            "除固定价款外，甲方按实施本合同技术所得的{base}向乙方支付提成费，比例如下：",
            "Besides the fixed price Party A pays a royalty on {base} from the use of the "
            "technology:",
            base=base,
        )
    yield from _steps(terms)
    if terms.royalty_count is not None:
        yield paragraph(
            "适用上述各档比例的基数{count}。",
            "The base that meets these steps is summed {count}.",
            count=values.pair(words.COUNT[terms.royalty_count], "terms.royalty_count"),
        )
    if terms.royalty_period is not None:
        yield paragraph(
            "甲方{period}向乙方报送提成费结算单，载明基数、计算过程和应付金额，并附相应凭证；"
            "应付金额在报送之日起30日内支付。",
            "Party A sends a statement with base, computation and amount, and its vouchers, "
            "{period}; the amount is paid within 30 days.",
            period=values.pair(words.PERIOD[terms.royalty_period], "terms.royalty_period"),
        )
    if terms.minimum_annual_royalty_minor is not None:
        yield paragraph(
            "每一完整年度的提成费不低于{minimum}；不足部分由甲方在该年度终了后60日内补足。",
            "For each full year the royalty is at least {minimum}; Party A pays the difference "
            "within 60 days after the year.",
            minimum=values.amount(
                terms.minimum_annual_royalty_minor,
                terms.currency,
                "terms.minimum_annual_royalty_minor",
            ),
        )
    yield from _books(terms)


def _steps(terms: Terms) -> Iterator[Block]:
    source = "terms.royalty_steps"
    steps = terms.royalty_steps
    for step, following in zip_longest(steps, steps[1:]):
        low = values.short_amount(step.from_minor, terms.currency, source)
        rate = values.percent(step.rate_bp, source)
        if following is None:
            yield item(
                "基数超过{low}的部分：{rate}；" if step.from_minor else "基数的{rate}；",
                "on the part of the base above {low}: {rate};"
                if step.from_minor
                else "{rate} of the base;",
                **({"low": low, "rate": rate} if step.from_minor else {"rate": rate}),
            )
        else:
            yield item(
                "基数超过{low}至{high}的部分：{rate}；",
                "on the part of the base above {low} up to {high}: {rate};",
                low=low,
                high=values.short_amount(following.from_minor, terms.currency, source),
                rate=rate,
            )


def _books(terms: Terms) -> Iterator[Block]:
    if terms.inspects_books is None:
        return
    source = "terms.inspects_books"
    if terms.inspects_books:
        yield paragraph(
            "甲方应当为实施本合同技术单独建账；{inspects}，乙方对查阅所得信息负保密义务。",
            "Party A keeps separate books of the use of the technology; {inspects}. Party B keeps "
            "what it reads confidential.",
            inspects=values.pair(
                (
                    "乙方有权在提前十日通知后查阅有关会计账目",
                    "on ten days' notice Party B may inspect these books",
                ),
                source,
            ),
        )
    else:
        yield paragraph(
            "{inspects}，提成费以甲方报送的结算单为准。",
            "{inspects}; the statements of Party A count.",
            inspects=values.pair(
                ("乙方不查阅甲方的会计账目", "Party B does not inspect the books of Party A"),
                source,
            ),
        )
    yield note(
        "提成支付的比例和查阅账目的办法由当事人约定（《民法典》第八百四十六条）。",
        "Rates and the inspection of books are as agreed (Civil Code, article 846).",
    )


def equity(terms: Terms) -> Iterator[Block]:
    """Say what share the technology is contributed for (作价入股)."""
    if terms.equity_bp is None and terms.valuation_minor is None:
        return
    yield clause("技术作价入股", "Technology as a contribution to capital")
    if terms.valuation_minor is not None:
        yield paragraph(
            "双方确认，本合同技术作价{valuation}出资。",
            "The parties value the technology contributed at {valuation}.",
            valuation=values.amount(terms.valuation_minor, terms.currency, "terms.valuation_minor"),
        )
    if terms.equity_bp is not None:
        yield paragraph(
            "乙方以本合同技术出资，取得目标公司{share}的股权；甲方应当配合办理出资、章程修改和股东变更登记手续。",
            "For the technology Party B receives {share} of the company; Party A sees to the "
            "articles and the registration of the shareholder.",
            share=values.percent(terms.equity_bp, "terms.equity_bp"),
        )
