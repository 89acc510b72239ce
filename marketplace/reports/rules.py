"""Steps of uses, reports and proofs, and what each of them must hold."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from marketplace.core.errors import RuleBroken
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.reports.models import Conclusion, ProofState, ReportState, UseState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

USE_LIFECYCLE: Lifecycle[UseState] = Lifecycle(
    {
        "confirm": ({UseState.RECORDED, UseState.DISPUTED}, UseState.CONFIRMED),
        "dispute": ({UseState.RECORDED}, UseState.DISPUTED),
    }
)
REPORT_LIFECYCLE: Lifecycle[ReportState] = Lifecycle(
    {
        "issue": ({ReportState.DRAFT}, ReportState.ISSUED),
        "take_back": ({ReportState.ISSUED}, ReportState.DRAFT),
        "sign": ({ReportState.ISSUED}, ReportState.SIGNED),
    }
)
PROOF_LIFECYCLE: Lifecycle[ProofState] = Lifecycle(
    {
        "accept": ({ProofState.WAITING}, ProofState.ACCEPTED),
        "refuse": ({ProofState.WAITING}, ProofState.REFUSED),
    }
)
REASON_LIMIT = 1000
ROWS_LIMIT = 60
_BOUNDS = ("≥", "≤", ">", "<", ">=", "<=")


def require_reason(reason: str, field: str) -> str:
    """Give a reason without blanks around it; RuleBroken when there is none or too much of it."""
    reason = reason.strip()
    if not reason:
        raise RuleBroken(N_("Say why, so that the other side understands it."), field=field)
    if len(reason) > REASON_LIMIT:
        raise RuleBroken(
            N_("The text is longer than %(limit)s characters: shorten it."),
            field=field,
            limit=REASON_LIMIT,
        )
    return reason


def require_times(started_at: datetime, ended_at: datetime, now: datetime) -> None:
    """Refuse a use that ends before it begins, or that lies ahead."""
    if ended_at <= started_at:
        raise RuleBroken(N_("The use ends after it began."), field="ended_at")
    if ended_at > now:
        raise RuleBroken(N_("The use can't end in the future."), field="ended_at")


def require_charge(charge_minor: int, price_minor: int, reason: str) -> None:
    """Refuse a charge above the agreed price, and a lower one without a reason."""
    if not 0 <= charge_minor <= price_minor:
        raise RuleBroken(
            N_("The charge lies between 0 and the agreed price; more needs a booking of its own."),
            field="charge",
        )
    if charge_minor != price_minor:
        require_reason(reason, "adjust_reason")


def number_of(text: object) -> Decimal | None:
    """Give the number in a cell such as "≥ 95" or "95.0 %", None where there is none."""
    plain = str(text).strip().lstrip("".join(_BOUNDS) + " ").rstrip(" %")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def verdict(target: str, measured: str) -> str:
    """Give "reached" or "missed" when target and measured value can be compared, else nothing.

    A target without a sign is a least value, as technical needs mean it.
    """
    target = target.strip()
    wanted, found = number_of(target), number_of(measured)
    if wanted is None or found is None:
        return ""
    if target.startswith(("≤", "<=")):
        good = found <= wanted
    elif target.startswith("<"):
        good = found < wanted
    elif target.startswith(">") and not target.startswith(">="):
        good = found > wanted
    else:
        good = found >= wanted
    return "reached" if good else "missed"


def judged(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the rows that say something, with verdicts where the operator left them open."""
    found = []
    for row in rows:
        kept = {name: str(row.get(name) or "").strip() for name in _CELLS}
        if not any(kept[name] for name in ("name", "target", "measured")):
            continue
        kept["verdict"] = kept["verdict"] or verdict(kept["target"], kept["measured"])
        found.append(kept)
    return found


_CELLS = ("name", "unit", "target", "measured", "verdict")


def conclusion_of(rows: Sequence[Mapping[str, Any]]) -> Conclusion | None:
    """Give what the verdicts come to; None without any."""
    verdicts = Counter(row["verdict"] for row in rows if row["verdict"])
    if not verdicts:
        return None
    if not verdicts["missed"]:
        return Conclusion.REACHED
    return Conclusion.PARTLY if verdicts["reached"] else Conclusion.MISSED


def require_issuable(
    *, object_tested: str, method: str, rows: Sequence[Mapping[str, Any]], summary: str
) -> None:
    """Refuse a report that nobody could check."""
    for field, text, message in (
        ("object_tested", object_tested, N_("Say what was tested: sample, batch, version.")),
        ("method", method, N_("Say how it was tested, with the standard if there is one.")),
        ("summary", summary, N_("Say in a sentence what was found.")),
    ):
        if not text.strip():
            raise RuleBroken(message, field=field)
    if not rows:
        raise RuleBroken(N_("Enter at least one measured value."), field="rows")
    for row in rows:
        if not row["name"] or not row["measured"]:
            raise RuleBroken(N_("Each row names what was measured and its value."), field="rows")
