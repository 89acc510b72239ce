"""What the law says where a mandate is silent, beside the field that it concerns.

Civil Code 961–965 (intermediary contracts), and the Supreme People's Court's interpretation on
technology contracts, articles 39 and 40.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.managers.models import FeePayer

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Warning:  # noqa: A001 — the word of the field for what stands beside a term
    """One sentence of law: the form field it belongs to, the text, and the article."""

    field: str
    message: str
    article: str


ALWAYS = (
    Warning(
        "success_fee",
        N_(
            "The fee is owed only when the contract is made with the manager's help. If the "
            "mandate names no fee or an unclear one, it is set by the manager's work."
        ),
        N_("Civil Code, article 963"),
    ),
    Warning(
        "success_fee",
        N_(
            "A manager who hides important facts or gives false ones loses the fee and owes "
            "damages."
        ),
        N_("Civil Code, article 962"),
    ),
)
_SHARES = Warning(
    "payer",
    N_(
        "Where nothing is agreed, the fee for bringing both sides to a contract is borne by both "
        "in equal shares. This mandate says otherwise."
    ),
    N_("Civil Code, article 963"),
)
_THIRD = Warning(
    "payer",
    N_(
        "A mandate binds those who sign it. The other side owes a part only if it agrees in "
        "writing, for instance in the technology contract."
    ),
    N_("Civil Code, article 465"),
)
_NO_COSTS = Warning(
    "costs",
    N_(
        "Without a contract no fee is owed, and necessary costs only as agreed here: nothing is "
        "agreed."
    ),
    N_("Civil Code, article 964"),
)
_COSTS = Warning(
    "costs",
    N_("Without a contract no fee is owed, but necessary costs up to the amount agreed here."),
    N_("Civil Code, article 964"),
)
_TAIL = Warning(
    "tail_days",
    N_(
        "Whoever uses the manager's introduction and then goes round the manager owes the fee. The "
        "tail says for how long both sides take that for granted."
    ),
    N_("Civil Code, article 965"),
)
_NO_TAIL = Warning(
    "tail_days",
    N_(
        "Going round the manager owes the fee in any case; without a tail the manager must prove "
        "the connection alone."
    ),
    N_("Civil Code, article 965"),
)


def warnings(*, payer: FeePayer, costs_cap_minor: int, tail_days: int) -> Iterator[Warning]:
    """Give the sentences that concern a mandate with these terms."""
    yield from ALWAYS
    if payer is not FeePayer.SHARED:
        yield _SHARES
    if payer is not FeePayer.CLIENT:
        yield _THIRD
    yield _COSTS if costs_cap_minor else _NO_COSTS
    yield _TAIL if tail_days else _NO_TAIL
