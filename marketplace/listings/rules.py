"""The life of a listing and what its text must hold before anybody is shown it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.errors import RuleBroken
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.drafting.outline import Remark, needed, require_complete
from marketplace.drafting.rules import ReviewPath
from marketplace.listings import rights
from marketplace.listings.content import PARTS, RIGHT_DAYS
from marketplace.listings.models import (
    ExportControl,
    IpRightKind,
    LegalStatus,
    ListingKind,
    ListingStatus,
    PriceMode,
    SourceChannel,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from marketplace.core.enums import LabelledEnum
    from marketplace.drafting.outline import Content

_S = ListingStatus

#: Which step leads where. Changes to a text that was published once wait beside it
#: (``Listing.pending``) and have no state of their own: readers go on seeing the reviewed text.
LIFECYCLE: Lifecycle[ListingStatus] = Lifecycle(
    {
        "send": ({_S.DRAFT, _S.RETURNED}, _S.UNDER_REVIEW),
        "recall": ({_S.UNDER_REVIEW}, _S.DRAFT),
        "return": ({_S.UNDER_REVIEW}, _S.RETURNED),
        "publish": ({_S.UNDER_REVIEW}, _S.PUBLISHED),
        "renew": ({_S.PUBLISHED, _S.EXPIRED}, _S.PUBLISHED),
        "expire": ({_S.PUBLISHED}, _S.EXPIRED),
        "withdraw": (
            {_S.DRAFT, _S.RETURNED, _S.UNDER_REVIEW, _S.PUBLISHED, _S.EXPIRED},
            _S.WITHDRAWN,
        ),
        "reopen": ({_S.WITHDRAWN}, _S.DRAFT),
    }
)

#: States in which the columns hold a text that readers see or saw, so that edits wait beside it.
REVIEWED = frozenset({_S.PUBLISHED, _S.EXPIRED})
REVIEW = ReviewPath(LIFECYCLE, _S.UNDER_REVIEW, REVIEWED)

TITLE_LENGTH = 200
TEXT_LENGTH = 20_000
ROWS = 60
#: Parts that the author must fill before sending; each buyer's refusal names one of them.
REQUIRED = ("title", "summary", "problem", "gain", "trl", "next_step", "cooperation")
#: Longest span between today and a year of completion that isn't a slip of the pen.
_OLDEST_YEAR = 1900
#: Signs that no table keeps: NUL and halves of surrogate pairs.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


_MISSING = {
    "title": N_("Say in one line what the technology does."),
    "summary": N_("Sum it up in one sentence with at least one figure."),
    "problem": N_("Say which problem it solves, and for whom."),
    "gain": N_("Compare it with the solution of today, in words or as rows of figures."),
    "trl": N_("Choose the readiness level that you can prove."),
    "next_step": N_("Say what has to be done next and what is missing for it."),
    "cooperation": N_("Choose at least one form of cooperation."),
}


def missing(content: Content, *, imported: bool = False) -> list[Remark]:
    """Give what must be mended before the text may be sent or published.

    A record that was imported keeps the completeness that it has in its owner's register: a title
    and a summary or description are enough; all the rest stays advice.
    """
    names = ("title",) if imported else REQUIRED
    found = [
        needed(name, _MISSING[name], what=N_("“%(part)s” is empty."), part=PARTS[name].label)
        for name in names
        if not content[name] and not (name == "gain" and content["gains"])
    ]
    if imported and not content["summary"] and not content["abstract"]:
        found.append(
            needed(
                "summary",
                _MISSING["summary"],
                what=N_("There is neither a summary nor a description."),
            )
        )
    return found + _open_license(content)


def _open_license(content: Content) -> list[Remark]:
    """Judge an open license: Patent Law 50–52, Implementing Rules 85–88."""
    forms = set(content["cooperation"])
    if CooperationForm.OPEN_LICENSE not in forms:
        return []
    found = []
    if forms & {CooperationForm.EXCLUSIVE_LICENSE, CooperationForm.SOLE_LICENSE}:
        found.append(
            needed(
                "cooperation",
                N_("Take away either the open license or the other one (Patent Law 51)."),
                what=N_("An open license rules out an exclusive or sole license beside it."),
            )
        )
    if not any(
        right["number"] and rights.is_granted(right["legal_status"]) for right in content["rights"]
    ):
        found.append(
            needed(
                "rights",
                N_("Name the patent, and set its legal status to “granted”."),
                what=N_("An open license needs a granted patent with its number."),
            )
        )
    statement = content["open_license"]
    if not all(statement.get(name) for name in ("fee", "payment", "until")):
        found.append(
            needed(
                "open_license",
                N_("Name the fee, how it is paid, and until when the offer holds."),
                what=N_("The open license statement is not complete."),
            )
        )
    return found


def require_publishable(content: Content, *, imported: bool = False) -> None:
    """Raise RuleBroken when the text lacks what every reader may expect."""
    require_complete(missing(content, imported=imported))


def sound(content: Content) -> Content:
    """Give the content with rights in their kept form; raise RuleBroken at the first wrong value.

    Judges values alone, never completeness: a draft may be empty, but not false.
    """
    _require_texts(content)
    _require_codes(content)
    _require_figures(content)
    if not content["rights"]:
        return content
    return {**content, "rights": _sound_rights(content["rights"])}


def _require_texts(content: Content) -> None:
    title = content["title"].strip()
    if not title:
        raise RuleBroken(_MISSING["title"], field="title")
    for name, limit in (("title", TITLE_LENGTH), ("title_en", 300), ("external_id", 100)):
        if len(content[name] or "") > limit:
            raise RuleBroken(
                N_("“%(part)s” is longer than %(limit)s characters: shorten it."),
                field=name,
                part=PARTS[name].label,
                limit=limit,
            )
    for name, value in content.items():
        if isinstance(value, list) and len(value) > ROWS:
            raise RuleBroken(
                N_("“%(part)s” holds more than %(limit)s entries: keep the ones that matter."),
                field=name,
                part=PARTS[name].label,
                limit=ROWS,
            )
        for words in _texts(value):
            if len(words) > TEXT_LENGTH:
                raise RuleBroken(
                    N_("“%(part)s” is longer than %(limit)s characters: shorten it."),
                    field=name,
                    part=PARTS[name].label,
                    limit=TEXT_LENGTH,
                )
            if _NO_TEXT.search(words):
                raise RuleBroken(
                    N_("“%(part)s” holds a sign that is no text: take it out."),
                    field=name,
                    part=PARTS[name].label,
                )


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 — any JSON value
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _require_codes(content: Content) -> None:
    _require_members(content, "industry_codes", INDUSTRIES)
    _require_members(content, "field_codes", FIELDS)
    _require_members(content, "cooperation", _values(CooperationForm))
    for name, enum in (
        ("kind", ListingKind),
        ("price_mode", PriceMode),
        ("export_control", ExportControl),
        ("source_channel", SourceChannel),
    ):
        value = content[name]
        if value not in _values(enum) and not (name == "source_channel" and value is None):
            raise _unknown(name, value)
    if content["language"] not in ("zh", "en"):
        raise _unknown("language", content["language"])


def _values(enum: type[LabelledEnum]) -> frozenset[str]:
    return frozenset(member.value for member in enum)


def _unknown(name: str, value: object) -> RuleBroken:
    return RuleBroken(
        N_("“%(value)s” is not an entry of the list “%(part)s”."),
        field=name,
        value=str(value),
        part=PARTS[name].label,
    )


def _require_members(content: Content, name: str, known: Any) -> None:  # noqa: ANN401 — anything with ``in``
    for value in content[name]:
        if value not in known:
            raise _unknown(name, value)


def _require_figures(content: Content) -> None:
    trl = content["trl"]
    if trl is not None and not 1 <= trl <= 9:  # noqa: PLR2004 — the scale of GB/T 22900
        raise RuleBroken(N_("The readiness level lies between 1 and 9."), field="trl")
    year = content["year"]
    if year is not None and not _OLDEST_YEAR <= year <= 2100:  # noqa: PLR2004 — a slip of the pen
        raise RuleBroken(N_("The year lies between 1900 and 2100."), field="year")
    mode, low, high = content["price_mode"], content["price_minor"], content["price_max_minor"]
    if mode in (PriceMode.FIXED, PriceMode.RANGE) and not (low and low > 0):
        raise RuleBroken(N_("Name a price above 0, or choose “negotiable”."), field="price")
    if mode == PriceMode.RANGE and (high is None or high < low):
        raise RuleBroken(N_("The upper price lies below the lower one."), field="price_max")
    if max(low or 0, high or 0) > 10**15:
        raise RuleBroken(N_("This price is too high to be meant: look at the unit."), field="price")


def _sound_rights(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Normalize the numbers, fill in terms, refuse a number that stands twice."""
    kept, seen = [], set()
    for row in rows:
        if row["kind"] not in _values(IpRightKind):
            raise RuleBroken(
                N_("“%(value)s” is no kind of right."), field="rights", value=str(row["kind"])
            )
        if row.get("legal_status") and row["legal_status"] not in _values(LegalStatus):
            raise RuleBroken(
                N_("“%(value)s” is no legal status."),
                field="rights",
                value=str(row["legal_status"]),
            )
        kind = IpRightKind(row["kind"])
        number = rights.normalize_number(kind, row.get("number") or "")
        if len(number) > 60:  # noqa: PLR2004 — the column's width
            raise RuleBroken(N_("A right's number is too long."), field="rights")
        if number and (kind, number) in seen:
            raise RuleBroken(
                N_("The right “%(number)s” stands twice in this list."),
                field="rights",
                number=rights.shown_number(number),
            )
        seen.add((kind, number))
        days = {
            name: date.fromisoformat(row[name]) if row.get(name) else None for name in RIGHT_DAYS
        }
        if days["filed_on"] and days["granted_on"] and days["granted_on"] < days["filed_on"]:
            raise RuleBroken(
                N_("A right can't be granted before it was applied for."), field="rights"
            )
        days["expires_on"] = days["expires_on"] or rights.expires_on(kind, days["filed_on"])
        kept.append(
            {
                "kind": kind.value,
                "number": number,
                "title": row.get("title") or "",
                "applicant": row.get("applicant") or "",
                "legal_status": row.get("legal_status") or None,
                **{name: day.isoformat() if day else None for name, day in days.items()},
            }
        )
    return kept


def is_stale(touched_at: datetime, *, now: datetime, days: int) -> bool:
    """Whether the owner has to be asked if the listing still holds."""
    return now - touched_at >= timedelta(days=days)
