"""How well a facility fits what a listing or need lacks, with reasons; pure, without tables."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.facilities.models import FacilityKind
from marketplace.facilities.rules import steps_served

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.codes.code import CodeList
    from marketplace.facilities.models import Facility

#: What each part can bring; together 100.
STEP_POINTS, WORD_POINTS, INDUSTRY_POINTS, FIELD_POINTS, NEAR_POINTS = 35, 35, 15, 10, 5
#: Weight of matching words that brings all their points.
ENOUGH_WORDS = 3
#: Words shown of those that match.
WORDS_SHOWN = 5
#: Shortest term, and shortest piece of a longer one, that says something.
_SHORTEST, _PIECE = 2, 3
_PARTS = re.compile(r"[、，,；;/（）()\s]+")
_FIGURES = re.compile(r"[\d.,+\-–×x%°℃≤≥±]+")
#: What every sheet says; a term of nothing else says nothing.
_GENERIC = re.compile(
    "试验|测试|检测|验证|试制|制备|制造|生产|装备|设备|仪器|系统|平台|中试|样品|样机|样件|报告|材料|"
    "产线|示范|实验室|技术|工艺|装置|处理|应用|分析|模块|液体|粉体|[线仪机台箱炉器]$"
)
_UNITS = frozenset({"kg", "g", "t", "l", "ml", "mm", "cm", "μm", "nm", "kw", "w", "mpa", "kn", "m"})


class FitPart(LabelledEnum):
    """What a reason speaks of."""

    STEP = "step", N_("Readiness step")
    INDUSTRY = "industry", N_("Industry")
    FIELD = "field", N_("Discipline")
    CAPABILITY = "capability", N_("Capability")
    PLACE = "place", N_("Place")


@dataclass(frozen=True, kw_only=True)
class Lack:
    """What a listing or need looks for in a facility."""

    #: The readiness level reached today; the next one is missing. None: any step will do.
    level: int | None = None
    industries: Sequence[str] = ()
    fields: Sequence[str] = ()
    #: The text in which capability words are looked for: title, summary, next step, keywords.
    text: str = ""
    district: str | None = None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a facility brings, as plain values."""

    kind: FacilityKind
    trl_from: int | None = None
    trl_to: int | None = None
    industries: Sequence[str] = ()
    fields: Sequence[str] = ()
    #: Words of keywords, capability rows and instruments.
    terms: Sequence[str] = ()
    district: str | None = None


@dataclass(frozen=True)
class Reason:
    """Why points were given: a message id with its values."""

    part: FitPart
    points: int
    message: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Fit:
    """Points of 100, and what they were given for, the heaviest first."""

    points: int
    reasons: Sequence[Reason]

    @property
    def serves_step(self) -> bool:
        """Whether it helps with the very step that is missing."""
        return any(reason.part is FitPart.STEP for reason in self.reasons)


def offer_of(facility: Facility) -> Offer:
    """Give what a facility brings; ``instruments`` must be loaded."""
    texts = [*facility.keywords]
    for row in facility.capabilities:
        texts += [str(row.get(name, "")) for name in ("operation", "material", "output")]
    texts += [one.name for one in facility.instruments if one.retired_at is None]
    return Offer(
        kind=facility.kind,
        trl_from=facility.trl_from,
        trl_to=facility.trl_to,
        industries=facility.industry_codes,
        fields=facility.field_codes,
        terms=terms_of(texts),
        district=facility.district_code,
    )


def terms_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Cut texts into terms without repeats, in their order.

    Figures, units, single signs and words that every sheet holds fall out.
    """
    found: dict[str, str] = {}
    for text in texts:
        for term in _PARTS.split(text):
            said = len(_core(term)) >= _SHORTEST and term.casefold() not in _UNITS
            if said or _is_generation(term):
                found.setdefault(term.casefold(), term)
    return tuple(found.values())


def _is_generation(term: str) -> bool:
    """Whether it is a name such as 5G or 800G, of a figure and a letter."""
    return term.isascii() and term[:-1].isdigit() and term[-1:] == "G"


def score(lack: Lack, offer: Offer) -> Fit:
    """Judge one facility for one lack; 0 points where nothing speaks for it."""
    topics = [
        reason
        for reason in (
            _codes(
                FitPart.INDUSTRY, INDUSTRY_POINTS, INDUSTRIES, lack.industries, offer.industries
            ),
            _codes(FitPart.FIELD, FIELD_POINTS, FIELDS, lack.fields, offer.fields),
            _words(lack, offer),
        )
        if reason is not None
    ]
    step = _step(lack, offer, topics)
    reasons = topics if step is None else [step, *topics]
    # Being near proves nothing by itself.
    if reasons and lack.district and lack.district == offer.district:
        reasons.append(Reason(FitPart.PLACE, NEAR_POINTS, N_("In the same district")))
    reasons.sort(key=lambda reason: -reason.points)
    return Fit(sum(reason.points for reason in reasons), tuple(reasons))


def _share(topics: Sequence[Reason]) -> float:
    """Say how much of a step counts: little where nothing says that the subject is the same."""
    parts = {topic.part for topic in topics}
    if FitPart.CAPABILITY in parts or {FitPart.INDUSTRY, FitPart.FIELD} <= parts:
        return 1
    return 2 / 3 if parts else 1 / 4


def _step(lack: Lack, offer: Offer, topics: Sequence[Reason]) -> Reason | None:
    steps = steps_served(offer.trl_from, offer.trl_to)
    if lack.level is None or not steps or offer.kind is FacilityKind.OFFICE:
        return None
    wanted = lack.level + 1
    points = int(STEP_POINTS * _share(topics))
    values = {"low": offer.trl_from, "high": offer.trl_to, "level": wanted}
    if wanted in steps and (offer.trl_from or 0) <= lack.level:
        return Reason(
            FitPart.STEP,
            points,
            N_("Helps to reach TRL %(level)s: it works from TRL %(low)s to %(high)s"),
            values,
        )
    if offer.trl_from == offer.trl_to == lack.level:
        return Reason(
            FitPart.STEP, points // 2, N_("Proves TRL %(low)s, the level of today"), values
        )
    return None


def _codes(
    part: FitPart, points: int, codes: CodeList, wanted: Sequence[str], offered: Sequence[str]
) -> Reason | None:
    """Give points for the same code, half for one that holds the other.

    Neighbors under one roof give none: "engineering" or "manufacturing" is half of everything.
    """
    same = [code for code in wanted if code in set(offered)]
    if same:
        return Reason(part, points, N_("Same entry: %(code)s"), {"code": same[0]})
    for code in wanted:
        above = {one.code for one in codes.ancestors(code)}
        for other in offered:
            if other in above or code in {one.code for one in codes.ancestors(other)}:
                return Reason(part, points // 2, N_("Related entry: %(code)s"), {"code": other})
    return None


def _core(words: str) -> str:
    """Give what is left of words without figures and what every sheet says."""
    return _GENERIC.sub("", _FIGURES.sub("", words))


def _shared(term: str, text: str) -> str:
    """Give the longest piece of a term that the text holds and that says something, or nothing."""
    if term.casefold() in text:
        return term
    if term.isascii():
        return ""
    for length in range(len(term) - 1, _PIECE - 1, -1):
        for first in range(len(term) - length + 1):
            piece = term[first : first + length]
            if piece.casefold() in text and len(_core(piece)) >= _SHORTEST:
                return piece
    return ""


def _words(lack: Lack, offer: Offer) -> Reason | None:
    text = lack.text.casefold()
    found: list[str] = []
    for piece in sorted({_shared(term, text) for term in offer.terms} - {""}, key=len):
        # A longer piece says what a shorter one inside it says, too.
        found = [one for one in found if one.casefold() not in piece.casefold()]
        found.append(piece)
    if not found:
        return None
    weight = sum(1 if len(piece) >= _PIECE else 1 / 2 for piece in found)
    points = int(WORD_POINTS * min(weight / ENOUGH_WORDS, 1))
    shown = sorted(found, key=lambda piece: (-len(piece), piece))[:WORDS_SHOWN]
    return Reason(
        FitPart.CAPABILITY,
        points,
        N_("Names what you need: %(words)s"),
        {"words": "、".join(shown)},
    )


def best(lack: Lack, offers: Mapping[str, Offer], *, limit: int = 5) -> list[tuple[str, Fit]]:
    """Give the keys of the best offers with their fits; those without a point fall out."""
    fits = [(key, score(lack, offer)) for key, offer in offers.items()]
    fits.sort(key=lambda pair: (-pair[1].points, pair[0]))
    return [(key, fit) for key, fit in fits[:limit] if fit.points]
