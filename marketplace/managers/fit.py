"""How well a manager suits a record: points with the reasons behind them, pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.messages import N_
from marketplace.managers.models import Language, ManagerLevel

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from marketplace.codes.code import CodeList

#: Most points of each part; together 100.
FIELD_POINTS = 40
INDUSTRY_POINTS = 20
LANGUAGE_POINTS = 10
DEAL_POINTS = 15
LOAD_POINTS = 10
LEVEL_POINTS = 5

#: Closed deals that earn all points, and a load that leaves none.
MANY_DEALS = 10
FULL_LOAD = 10
#: Another field or industry of the same category counts a quarter: categories are wide.
SAME_CATEGORY = 0.25
#: What a record that names none is taken for.
UNNAMED = 0.5
#: Names written out in a reason.
NAMED = 3

_LEVELS = {ManagerLevel.JUNIOR: 1, ManagerLevel.MIDDLE: 3, ManagerLevel.SENIOR: LEVEL_POINTS}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a listing or need says that a manager can be chosen by."""

    field_codes: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    #: ``zh`` or ``en``: the language in which the record is written.
    language: str = "zh"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What the register and the deals say of a manager today."""

    manager_id: UUID
    level: ManagerLevel
    field_codes: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    closed_deals: int = 0
    #: Mandates and deals that run.
    load: int = 0


@dataclass(frozen=True)
class Reason:
    """A sentence for or against: a message id, and values that may have both languages."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    speaks_for: bool = True

    def text(self, language: str, translate: Callable[[str], str]) -> str:
        """Give the sentence in a language."""
        shown = {
            name: value[language] if isinstance(value, dict) else value
            for name, value in self.values.items()
        }
        return translate(self.message) % shown


@dataclass(frozen=True)
class Fit:
    """A manager's points (0 to 100) for one record, with reasons, the weightiest first."""

    manager_id: UUID
    points: int
    reasons: tuple[Reason, ...]


def _overlap(codes: CodeList, wanted: Collection[str], offered: Collection[str]) -> float:
    """Give which part of the wanted codes is offered, from 0 to 1."""
    if not wanted:
        return UNNAMED
    families = {_family(codes, code) for code in offered}
    found = (
        1.0 if code in offered else SAME_CATEGORY if _family(codes, code) in families else 0.0
        for code in wanted
    )
    return sum(found) / len(wanted)


def _family(codes: CodeList, code: str) -> str:
    above = codes.ancestors(code)
    return above[-1].code if above else code


def _names(codes: CodeList, chosen: Iterable[str]) -> dict[str, str]:
    some = list(chosen)[:NAMED]
    return {
        "zh": "、".join(codes.label(code, "zh") for code in some),
        "en": ", ".join(codes.label(code, "en") for code in some),
    }


def _code_reasons(wanted: Wanted, candidate: Candidate) -> list[Reason]:
    found = []
    shared = [code for code in wanted.field_codes if code in candidate.field_codes]
    if shared:
        names = _names(FIELDS, shared)
        found.append(Reason(N_("Works in the same field: %(names)s"), {"names": names}))
    elif wanted.field_codes and _overlap(FIELDS, wanted.field_codes, candidate.field_codes):
        offered = {_family(FIELDS, code) for code in candidate.field_codes}
        above = dict.fromkeys(_family(FIELDS, code) for code in wanted.field_codes)
        names = _names(FIELDS, [code for code in above if code in offered])
        found.append(Reason(N_("Works in the same category: %(names)s"), {"names": names}))
    elif wanted.field_codes:
        found.append(Reason(N_("Works in other fields"), speaks_for=False))
    shared = [code for code in wanted.industry_codes if code in candidate.industry_codes]
    if shared:
        names = _names(INDUSTRIES, shared)
        found.append(Reason(N_("Knows the industry: %(names)s"), {"names": names}))
    return found


def _language_reason(wanted: Wanted, candidate: Candidate) -> Reason:
    language = {member.value: member for member in Language}[wanted.language]
    names = {"zh": {"zh": "中文", "en": "英文"}, "en": {"zh": "Chinese", "en": "English"}}
    named = {"language": {tongue: names[tongue][language.value] for tongue in names}}
    if wanted.language in candidate.languages:
        return Reason(N_("Negotiates in %(language)s"), named)
    return Reason(N_("Does not name %(language)s as a language"), named, speaks_for=False)


def _work_reasons(candidate: Candidate) -> list[Reason]:
    deals, load = candidate.closed_deals, candidate.load
    found = []
    if deals:
        found.append(Reason(N_("Deals closed here: %(count)s"), {"count": deals}))
    if load >= FULL_LOAD:
        message = N_("Has no room at present: mandates and deals running: %(count)s")
        found.append(Reason(message, {"count": load}, speaks_for=False))
    elif load:
        found.append(Reason(N_("Mandates and deals running: %(count)s"), {"count": load}))
    else:
        found.append(Reason(N_("Has room for a new mandate")))
    return found


def fit_of(wanted: Wanted, candidate: Candidate) -> Fit:
    """Judge one manager for one record."""
    free = 1 - min(candidate.load, FULL_LOAD) / FULL_LOAD
    points = (
        FIELD_POINTS * _overlap(FIELDS, wanted.field_codes, candidate.field_codes)
        + INDUSTRY_POINTS * _overlap(INDUSTRIES, wanted.industry_codes, candidate.industry_codes)
        + LANGUAGE_POINTS * (wanted.language in candidate.languages)
        + DEAL_POINTS * min(candidate.closed_deals, MANY_DEALS) / MANY_DEALS
        + LOAD_POINTS * free
        + _LEVELS[candidate.level]
    )
    reasons = [
        *_code_reasons(wanted, candidate),
        *_work_reasons(candidate),
        _language_reason(wanted, candidate),
    ]
    reasons.sort(key=lambda reason: not reason.speaks_for)
    return Fit(candidate.manager_id, round(points), tuple(reasons))


def propose(wanted: Wanted, candidates: Iterable[Candidate], *, most: int) -> Sequence[Fit]:
    """Give the managers that suit a record best, the best first; equals keep their order."""
    fits = [fit_of(wanted, candidate) for candidate in candidates]
    return sorted(fits, key=lambda fit: -fit.points)[:most]
