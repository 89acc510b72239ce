"""Figures of this domain that are no law and can be changed by administrators."""

from __future__ import annotations

from marketplace.codes.rules import Unit, declare
from marketplace.core.messages import N_

TAIL_DAYS = declare(
    "mandate_tail_days",
    180,
    Unit.DAYS,
    N_("Tail of a technology manager's mandate, as proposed to both sides"),
    N_("Practice of intermediary contracts; Civil Code 965 names no period"),
    confirmed=False,
)
