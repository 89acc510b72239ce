"""Laws that terms are read against, and a note that cites one of their articles."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Mapping


class Source(LabelledEnum):
    """A law, or rules under it."""

    CIVIL_CODE = "civil_code", N_("Civil Code")
    COURT = "court", N_("Supreme People's Court, Interpretation on Technology Contracts")
    PATENT_LAW = "patent_law", N_("Patent Law")
    PATENT_RULES = "patent_rules", N_("Implementing Rules of the Patent Law")
    CONVERSION_LAW = "conversion_law", N_("Law on Promoting the Conversion of Results")
    EXPORT_RULES = "export_rules", N_("Regulations on Technology Import and Export")
    TAX_RULES = "tax_rules", N_("Implementing Rules of the Enterprise Income Tax Law")


class Weight(LabelledEnum):
    """How much a note asks of the reader."""

    WARNING = "warning", N_("Check this")
    HINT = "hint", N_("The law fills this gap")
    FACT = "fact", N_("Good to know")


@dataclass(frozen=True)
class Note:
    """A remark of the law at one field; ``articles`` is the number as it is cited."""

    field: str
    source: Source
    articles: str
    text: str
    weight: Weight = Weight.HINT
    values: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)
