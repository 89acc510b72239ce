"""From agreed terms to the text of a contract: a pure function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts.clauses import common, use, work
from marketplace.contracts.clauses.facts import OPEN_LICENSE_TITLE, TITLES
from marketplace.papers.content import Content
from marketplace.terms.kinds import ContractKind, LicenseKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from marketplace.contracts.clauses.facts import Facts
    from marketplace.papers.content import Block
    from marketplace.terms.value import Terms

    Assembler = Callable[[Terms, Facts], Iterator[Block]]

ASSEMBLERS: dict[ContractKind, Assembler] = {
    ContractKind.DEVELOPMENT: work.development,
    ContractKind.TRANSFER: use.transfer,
    ContractKind.LICENSE: use.license_,
    ContractKind.CONSULTING: work.consulting,
    ContractKind.SERVICE: work.service,
}


def build(terms: Terms, facts: Facts) -> Content:
    """Assemble the contract of the terms' kind, every value with the field it came from."""
    zh, en = title_of(terms)
    return Content(
        title=zh,
        title_en=en,
        blocks=(
            *common.opening(terms, facts),
            *ASSEMBLERS[terms.contract_kind](terms, facts),
            *common.confidentiality(terms),
            *common.taxes(terms),
            *common.export(terms),
            *common.liability(terms),
            *common.closing(terms),
        ),
    )


def title_of(terms: Terms) -> tuple[str, str]:
    """Give the title in both languages."""
    if terms.license_kind is LicenseKind.OPEN:
        return OPEN_LICENSE_TITLE
    return TITLES[terms.contract_kind]
