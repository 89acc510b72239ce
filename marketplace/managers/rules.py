"""Steps of an entry and of a mandate, and when licenses, terms and tails end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.core.errors import RuleBroken
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.managers.models import FeePayer, ManagerStatus, MandateStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from marketplace.managers.models import Credential, Mandate, RecordKind

_S = ManagerStatus
LIFECYCLE: Lifecycle[ManagerStatus] = Lifecycle(
    {
        "license": ({_S.APPLIED}, _S.LICENSED),
        "refuse": ({_S.APPLIED}, _S.REFUSED),
        "apply_again": ({_S.REFUSED}, _S.APPLIED),
        "suspend": ({_S.LICENSED, _S.EXPIRED}, _S.SUSPENDED),
        "restore": ({_S.SUSPENDED}, _S.LICENSED),
        "expire": ({_S.LICENSED}, _S.EXPIRED),
        # A newer credential was checked.
        "renew": ({_S.EXPIRED}, _S.LICENSED),
    }
)

_M = MandateStatus
MANDATE_LIFECYCLE: Lifecycle[MandateStatus] = Lifecycle(
    {
        "edit": ({_M.DRAFT}, _M.DRAFT),
        "offer": ({_M.DRAFT}, _M.OFFERED),
        # Whoever wants another text takes it back; signatures given so far fall with the paper.
        "revise": ({_M.OFFERED}, _M.DRAFT),
        "decline": ({_M.DRAFT, _M.OFFERED}, _M.DECLINED),
        "sign": ({_M.OFFERED}, _M.SIGNED),
        "end": ({_M.SIGNED}, _M.ENDED),
    }
)

#: Days before the end of a license on which its holder is warned, the earliest first.
WARN_DAYS = (60, 30, 7)
#: Codes, languages and records that one entry or mandate may name.
MOST_FIELDS = 8
MOST_RECORDS = 20
STARS = range(1, 6)
RATING_LIMIT = 1000
REASON_LIMIT = 2000


@dataclass(frozen=True, kw_only=True)
class MandateDraft:
    """What a mandate says, as it was typed; amounts in minor units of CNY."""

    records: tuple[tuple[RecordKind, UUID], ...]
    starts_on: date
    ends_on: date
    tail_days: int
    payer: FeePayer = FeePayer.CLIENT
    other_organization_id: UUID | None = None
    success_fee_bp: int = 0
    fixed_fee_minor: int = 0
    floor_minor: int = 0
    cap_minor: int | None = None
    costs_cap_minor: int = 0
    exclusive: bool = False
    note: str = ""


class NoValidCredential(RuleBroken):
    """A license rests on at least one checked credential that runs today."""


def runs(credential: Credential, today: date) -> bool:
    """Whether a credential is still valid; its last day counts."""
    return credential.expires_on is None or credential.expires_on >= today


def license_end(credentials: Iterable[Credential], today: date) -> date | None:
    """Give the last day of a license that rests on checked credentials; None has no end.

    Raises NoValidCredential when none of them runs today.
    """
    valid = [one for one in credentials if one.is_checked and runs(one, today)]
    if not valid:
        raise NoValidCredential(
            N_("No credential is valid today. Refuse the entry and ask for a newer one.")
        )
    ends = [one.expires_on for one in valid]
    return None if None in ends else max(end for end in ends if end is not None)


def warning_due(expires_on: date | None, today: date, *, warned_days: int | None) -> int | None:
    """Give the number of days of the warning that is due today, or None.

    A day on which no job ran is made good: the nearest step that was passed is due, each once.
    """
    if expires_on is None or expires_on < today:
        return None
    left = (expires_on - today).days
    passed = [days for days in WARN_DAYS if left <= days]
    if not passed or (warned_days is not None and warned_days <= passed[-1]):
        return None
    return passed[-1]


def has_expired(expires_on: date | None, today: date) -> bool:
    """Whether a license's last day is over."""
    return expires_on is not None and expires_on < today


def tail_end(term: Mandate | MandateDraft, ended_on: date | None = None) -> date:
    """Give the last day on which a contract still owes the fee.

    The tail runs from the last day of the mandate, or from the day on which it ended earlier.
    """
    last = term.ends_on if ended_on is None else min(term.ends_on, ended_on)
    return last + timedelta(days=term.tail_days)


def covers(term: Mandate | MandateDraft, day: date, *, ended_on: date | None = None) -> bool:
    """Whether a contract of this day falls into the mandate's term or tail."""
    return term.starts_on <= day <= tail_end(term, ended_on)


def require_reason(reason: str) -> None:
    """Refuse a step that its reader must understand without a text."""
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; the other side reads it."), field="reason")


def require_terms(draft: MandateDraft, today: date) -> None:
    """Refuse a mandate whose dates or bounds contradict each other, or that names no fee."""
    if draft.ends_on < draft.starts_on:
        raise RuleBroken(N_("The last day lies before the first."), field="ends_on")
    if draft.ends_on < today:
        raise RuleBroken(N_("The last day lies in the past."), field="ends_on")
    if not (draft.success_fee_bp or draft.fixed_fee_minor or draft.floor_minor):
        raise RuleBroken(
            N_("Name a fee: a share of the value, a fixed amount, or a least amount."),
            field="success_fee",
        )
    if draft.cap_minor is not None and draft.cap_minor < max(draft.floor_minor, 1):
        raise RuleBroken(N_("The most lies below the least."), field="cap")
    require_records(len(draft.records))


def require_records(count: int) -> None:
    """Refuse a mandate about nothing, or about more than one can oversee."""
    if not 1 <= count <= MOST_RECORDS:
        raise RuleBroken(
            N_("Choose 1 to %(most)s technologies and needs."), field="records", most=MOST_RECORDS
        )


def require_rating(stars: int, text: str) -> None:
    """Refuse stars off the scale and a text that is no sentence any more."""
    if stars not in STARS:
        raise RuleBroken(N_("Give 1 to 5 stars."), field="stars")
    if len(text) > RATING_LIMIT:
        raise RuleBroken(N_("Use at most %(count)s characters."), field="text", count=RATING_LIMIT)


def median(days: Sequence[int]) -> float | None:
    """Give the middle value; of an even number of values the mean of the two in the middle."""
    if not days:
        return None
    ordered, middle = sorted(days), len(days) // 2
    if len(ordered) % 2:
        return float(ordered[middle])
    return (ordered[middle - 1] + ordered[middle]) / 2
