"""Turns the stored parts of a score into what a person reads: label, share, sentence, terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from marketplace.codes.code import CodeList

    #: A part of a score as it is kept: kind, share (0 to 1), terms, values.
    Reason = Mapping[str, Any]
    Translate = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The reader's language, how message ids become texts, and how amounts are written."""

    language: str
    translate: Translate
    money: Callable[[int], str]


@dataclass(frozen=True)
class Shown:
    """One reason as a person reads it; ``percent`` is its share of the score."""

    label: str
    percent: int
    sentence: str
    terms: tuple[str, ...] = ()


#: Kind of reason → what it is called, and the sentence that says what holds.
TEXTS: dict[str, tuple[str, str]] = {
    "terms": (N_("Shared terms"), N_("Both texts speak of:")),
    "meaning": (N_("Meaning"), N_("The texts mean something alike, also in other words.")),
    "field": (N_("Field"), N_("Both belong to the same field:")),
    "industry": (N_("Industry"), N_("Both belong to the same industry:")),
    "readiness": (N_("Readiness"), N_("It is as ready as asked for:")),
    "cooperation": (N_("Cooperation"), N_("Both name the same form of cooperation:")),
    "budget": (N_("Budget"), N_("The price lies within the budget:")),
    "place": (N_("Place"), N_("Both are in the same place:")),
}
OTHER = (N_("Further signs"), N_("Further signs speak for it."))

#: Kind of concern → the sentence that says what the need wants and the listing has.
AGAINST: dict[str, str] = {
    "readiness": N_("%(wanted)s is asked for, it has reached %(found)s."),
    "budget": N_("The budget is %(wanted)s, the price %(found)s."),
    "cooperation": N_("Asked for is: %(wanted)s. Offered is: %(found)s."),
}

_CODES: dict[str, CodeList] = {"field": FIELDS, "industry": INDUSTRIES, "place": DISTRICTS}
_LABELS = {form.value: form.label for form in CooperationForm}


def percents(shares: Sequence[float]) -> list[int]:
    """Give whole percents that add up to 100; the largest remainders get the odd ones."""
    whole = sum(shares)
    if whole <= 0:
        return [0] * len(shares)
    exact = [share / whole * 100 for share in shares]
    parts = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: 100 - sum(parts)]:
        parts[place] += 1
    return parts


def explain(reasons: Sequence[Reason], wording: Wording) -> list[Shown]:
    """Give the reasons of a match, the weightiest first; those without a share are left out."""
    weighty = sorted(
        (reason for reason in reasons if reason["share"] > 0),
        key=lambda reason: -reason["share"],
    )
    shares = percents([reason["share"] for reason in weighty])
    return [
        _shown(reason, percent, wording) for reason, percent in zip(weighty, shares, strict=True)
    ]


def concerns(reasons: Sequence[Reason], wording: Wording) -> list[str]:
    """Give what speaks against a match, a sentence each."""
    return [
        wording.translate(AGAINST[reason["kind"]])
        % {
            name: _joined(reason["kind"], str(reason[name]), wording)
            for name in ("wanted", "found")
        }
        for reason in reasons
        if reason.get("against") and reason["kind"] in AGAINST
    ]


def _shown(reason: Reason, percent: int, wording: Wording) -> Shown:
    kind = str(reason["kind"])
    label, sentence = TEXTS.get(kind, OTHER)
    terms = [_term(term) for term in reason.get("terms", ())]
    terms += [_value(kind, str(value), wording) for value in reason.get("values", ())]
    return Shown(wording.translate(label), percent, wording.translate(sentence), tuple(terms))


def _term(term: Mapping[str, str]) -> str:
    """Show a shared term as written on both sides, once where they agree."""
    asked, found = term["asked"], term["found"]
    return asked if asked.casefold() == found.casefold() else f"{asked} = {found}"


def _value(kind: str, value: str, wording: Wording) -> str:
    codes = _CODES.get(kind)
    if codes is not None:
        return codes.label(value, wording.language)
    if kind == "cooperation":
        return wording.translate(_LABELS.get(value, value))
    if kind == "readiness":
        return f"TRL {value}"
    if kind == "budget":
        return wording.money(int(value))
    return value


def _joined(kind: str, values: str, wording: Wording) -> str:
    between = "、" if wording.language == "zh" else ", "
    return between.join(_value(kind, value, wording) for value in values.split(","))
