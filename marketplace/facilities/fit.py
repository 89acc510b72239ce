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
STEP_POINTS, INDUSTRY_POINTS, FIELD_POINTS, WORD_POINTS, NEAR_POINTS = 40, 20, 12, 23, 5
#: Matching words that bring all their points.
ENOUGH_WORDS = 3
#: Shortest Latin word and Chinese term that say something.
_SHORTEST = 2
_PARTS = re.compile(r"[、，,；;/（）()\s]+")


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
        texts += [str(row.get(name, "")) for name in ("operation", "material", "output", "form")]
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
    """Cut texts into terms without repeats, in their order; single signs and figures fall out."""
    found: dict[str, str] = {}
    for text in texts:
        for term in _PARTS.split(text):
            if len(term) >= _SHORTEST and not term.isdigit():
                found.setdefault(term.casefold(), term)
    return tuple(found.values())


def score(lack: Lack, offer: Offer) -> Fit:
    """Judge one facility for one lack; 0 points where nothing speaks for it."""
    reasons = [
        reason
        for reason in (
            _step(lack, offer),
            _codes(
                FitPart.INDUSTRY, INDUSTRY_POINTS, INDUSTRIES, lack.industries, offer.industries
            ),
            _codes(FitPart.FIELD, FIELD_POINTS, FIELDS, lack.fields, offer.fields),
            _words(lack, offer),
        )
        if reason is not None
    ]
    # Being near proves nothing by itself.
    if reasons and lack.district and lack.district == offer.district:
        reasons.append(Reason(FitPart.PLACE, NEAR_POINTS, N_("In the same district")))
    reasons.sort(key=lambda reason: -reason.points)
    return Fit(sum(reason.points for reason in reasons), tuple(reasons))


def _step(lack: Lack, offer: Offer) -> Reason | None:
    steps = steps_served(offer.trl_from, offer.trl_to)
    if lack.level is None or not steps or offer.kind is FacilityKind.OFFICE:
        return None
    wanted = lack.level + 1
    values = {"low": offer.trl_from, "high": offer.trl_to, "level": wanted}
    if wanted in steps and (offer.trl_from or 0) <= lack.level:
        return Reason(
            FitPart.STEP,
            STEP_POINTS,
            N_("Helps to reach TRL %(level)s: it works from TRL %(low)s to %(high)s"),
            values,
        )
    if offer.trl_from == offer.trl_to == lack.level:
        return Reason(
            FitPart.STEP, STEP_POINTS // 2, N_("Proves TRL %(low)s, the level of today"), values
        )
    return None


def _codes(
    part: FitPart, points: int, codes: CodeList, wanted: Sequence[str], offered: Sequence[str]
) -> Reason | None:
    same = [code for code in wanted if code in set(offered)]
    if same:
        return Reason(part, points, N_("Same entry: %(code)s"), {"code": same[0]})
    for code in wanted:
        above = {one.code for one in codes.ancestors(code)}
        for other in offered:
            near = {one.code for one in codes.ancestors(other)}
            shared = other in above or code in near or above & near
            if shared:
                return Reason(part, points // 2, N_("Related entry: %(code)s"), {"code": other})
    return None


def _words(lack: Lack, offer: Offer) -> Reason | None:
    text = lack.text.casefold()
    found = [term for term in offer.terms if term.casefold() in text]
    if not found:
        return None
    points = WORD_POINTS * min(len(found), ENOUGH_WORDS) // ENOUGH_WORDS
    return Reason(
        FitPart.CAPABILITY,
        points,
        N_("Names what you need: %(words)s"),
        {"words": "、".join(found[: ENOUGH_WORDS + 2])},
    )


def best(lack: Lack, offers: Mapping[str, Offer], *, limit: int = 5) -> list[tuple[str, Fit]]:
    """Give the keys of the best offers with their fits; those without a point fall out."""
    fits = [(key, score(lack, offer)) for key, offer in offers.items()]
    fits.sort(key=lambda pair: (-pair[1].points, pair[0]))
    return [(key, fit) for key, fit in fits[:limit] if fit.points]
