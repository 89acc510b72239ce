"""Judges the values of a facility's text, never its completeness: a draft may not be false."""

from __future__ import annotations

import itertools
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from marketplace.codes.districts import DISTRICTS, WUHAN
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.facilities import opening
from marketplace.facilities.content import INSTRUMENT_FIELDS, PARTS, new_id
from marketplace.facilities.models import (
    FacilityKind,
    FilingLevel,
    InstrumentKind,
    PilotService,
    VerificationKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from marketplace.core.enums import LabelledEnum
    from marketplace.drafting.outline import Content

TEXT_LENGTH = 20_000
ROWS = 200
#: Characters of parts that have columns of a width.
WIDTHS = {
    "name": 120,
    "name_en": 200,
    "address": 200,
    "address_en": 300,
    "contact_name": 80,
    "contact_phone": 40,
    "contact_email": 200,
    "filing_number": 80,
}
_INSTRUMENT_WIDTHS = {"name": 120, "name_en": 200, "model": 120, "maker": 120}
MOST_INSTRUMENTS = 10_000
CAPABILITY_FIELDS = (
    "operation",
    "material",
    "amount_from",
    "amount_to",
    "unit",
    "form",
    "output",
    "accuracy",
)
#: Signs that no table keeps: NUL and halves of surrogate pairs.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
_PHONE = re.compile(r"[0-9+()\-\s转ext.,#]{5,40}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def sound(content: Content) -> Content:
    """Give the content in its kept form; raise RuleBroken at the first wrong value."""
    _require_texts(content)
    _require_codes(content)
    _require_steps(content)
    _require_contact(content)
    return {
        **content,
        "filing_number": content["filing_number"].strip(),
        "instruments": [_instrument(row) for row in content["instruments"]],
        "capabilities": [_capability(row) for row in content["capabilities"]],
        "certificates": [_certificate(row) for row in content["certificates"]],
        "hours": _hours(content["hours"]),
        "closures": _closures(content["closures"]),
    }


def _refused(name: str, message: str, **values: object) -> RuleBroken:
    return RuleBroken(message, field=name, part=PARTS[name].label, **values)


def _require_texts(content: Content) -> None:
    if not content["name"].strip():
        raise RuleBroken(N_("Give the facility's name."), field="name")
    for name, value in content.items():
        limit = WIDTHS.get(name, TEXT_LENGTH)
        if isinstance(value, list) and len(value) > ROWS:
            raise _refused(
                name,
                N_("“%(part)s” holds more than %(limit)s entries: keep the ones that matter."),
                limit=ROWS,
            )
        for words in _texts(value):
            if len(words) > limit:
                raise _refused(
                    name,
                    N_("“%(part)s” is longer than %(limit)s characters: shorten it."),
                    limit=limit,
                )
            if _NO_TEXT.search(words):
                raise _refused(name, N_("“%(part)s” holds a sign that is no text: take it out."))


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 — any JSON value
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _members(enum: type[LabelledEnum]) -> frozenset[str]:
    return frozenset(member.value for member in enum)


def _require_codes(content: Content) -> None:
    for name, known in (
        ("industry_codes", INDUSTRIES),
        ("field_codes", FIELDS),
        ("services", _members(PilotService)),
        ("verifications", _members(VerificationKind)),
    ):
        for value in content[name]:
            if value not in known:
                raise _unknown(name, value)
    if content["kind"] not in _members(FacilityKind):
        raise _unknown("kind", content["kind"])
    level = content["filing_level"]
    if level is not None and level not in _members(FilingLevel):
        raise _unknown("filing_level", level)
    district = content["district_code"]
    if district is not None and WUHAN not in {one.code for one in DISTRICTS.ancestors(district)}:
        raise _unknown("district_code", district)
    if content["filing_number"].strip() and level is None:
        raise RuleBroken(N_("A filing number needs a filing level."), field="filing_level")
    if content["filing_number"].strip() and content["filed_on"] is None:
        raise RuleBroken(N_("Give the day on which it was filed."), field="filed_on")
    if content["filed_on"] is not None:
        _day("filed_on", content["filed_on"])


def _unknown(name: str, value: object) -> RuleBroken:
    return _refused(
        name, N_("“%(value)s” is not an entry of the list “%(part)s”."), value=str(value)
    )


def _require_steps(content: Content) -> None:
    low, high = content["trl_from"], content["trl_to"]
    for name, level in (("trl_from", low), ("trl_to", high)):
        if level is not None and not 1 <= level <= 9:  # noqa: PLR2004 — the scale of GB/T 22900
            raise RuleBroken(N_("The readiness level lies between 1 and 9."), field=name)
    if low is not None and high is not None and high < low:
        raise RuleBroken(N_("The upper readiness level lies below the lower one."), field="trl_to")


def _require_contact(content: Content) -> None:
    phone, email = content["contact_phone"], content["contact_email"]
    if phone and not _PHONE.fullmatch(phone):
        raise RuleBroken(
            N_("Give the phone number in digits, such as 027-87654321."), field="contact_phone"
        )
    if email and not _EMAIL.fullmatch(email):
        raise RuleBroken(N_("Give the e-mail address as name@example.com."), field="contact_email")


def _instrument(row: Mapping[str, Any]) -> dict[str, Any]:
    if row["kind"] not in _members(InstrumentKind):
        raise _unknown("instruments", row["kind"])
    if not row["name"].strip():
        raise RuleBroken(N_("An instrument or line has no name."), field="instruments")
    for name, limit in _INSTRUMENT_WIDTHS.items():
        if len(row.get(name) or "") > limit:
            raise _refused(
                "instruments",
                N_("“%(part)s” is longer than %(limit)s characters: shorten it."),
                limit=limit,
            )
    count = row.get("count") or 1
    if not 1 <= count <= MOST_INSTRUMENTS:
        raise RuleBroken(N_("The number of pieces lies between 1 and 10,000."), field="instruments")
    values: dict[str, Any] = {name: row.get(name) or "" for name in INSTRUMENT_FIELDS}
    flags = {name: bool(row.get(name)) for name in ("bookable", "needs_qualification")}
    return {"id": row.get("id") or new_id(), **values, "count": count, **flags}


def _amount(text: str) -> Decimal | None:
    plain = text.strip().replace(",", "").replace("，", "")
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount <= 10**12:
        raise RuleBroken(
            N_("“%(value)s” is no amount: give a number of 0 or more."),
            field="capabilities",
            value=text,
        )
    return amount


def _capability(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: str(row.get(name) or "").strip() for name in CAPABILITY_FIELDS}
    low, high = _amount(values["amount_from"]), _amount(values["amount_to"])
    if low is not None and high is not None and high < low:
        raise RuleBroken(
            N_("The largest amount of “%(value)s” lies below the smallest."),
            field="capabilities",
            value=values["material"] or values["operation"],
        )
    if (low is not None or high is not None) and not values["unit"]:
        raise RuleBroken(N_("Give the unit of the amounts, such as kg or L."), field="capabilities")
    for name, amount in (("amount_from", low), ("amount_to", high)):
        values[name] = "" if amount is None else f"{amount.normalize():f}"
    return values


def _certificate(row: Mapping[str, Any]) -> dict[str, Any]:
    if not str(row.get("kind") or "").strip():
        raise RuleBroken(
            N_("Say what kind of certificate it is, such as CNAS or CMA."), field="certificates"
        )
    expires = row.get("expires_on") or None
    if expires is not None:
        _day("certificates", expires)
    return {
        "kind": row["kind"].strip(),
        "number": str(row.get("number") or "").strip(),
        "scope": str(row.get("scope") or "").strip(),
        "expires_on": expires,
    }


def _day(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise RuleBroken(N_("Give a day as 2026-11-20."), field=name) from error
    if not 1900 <= found.year <= 2100:  # noqa: PLR2004 — a slip of the pen
        raise RuleBroken(N_("The year lies between 1900 and 2100."), field=name)
    return found


def _hours(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give the hours in order; those of one day must not overlap."""
    kept: list[tuple[int, int, int]] = []
    for row in rows:
        try:
            span = (opening.minutes(row["opens"]), opening.minutes(row["closes"]))
        except ValueError as error:
            raise RuleBroken(
                N_("Give times as 09:00; midnight at the end of a day is 24:00."), field="hours"
            ) from error
        # A browser's time box can't say 24:00: midnight as a time of closing is the day's end.
        closes = span[1] or opening.MIDNIGHT
        weekday = int(row["weekday"])
        if not 1 <= weekday <= 7:  # noqa: PLR2004 — days of the week
            raise _unknown("hours", weekday)
        if closes <= span[0]:
            raise RuleBroken(
                N_("The time of closing lies before that of opening; split hours over midnight."),
                field="hours",
            )
        kept.append((weekday, span[0], closes))
    kept.sort()
    for before, after in itertools.pairwise(kept):
        if before[0] == after[0] and after[1] < before[2]:
            raise RuleBroken(N_("Two spans of one day overlap."), field="hours")
    return [
        {"weekday": weekday, "opens": opening.clock(opens), "closes": opening.clock(closes)}
        for weekday, opens, closes in kept
    ]


def _closures(rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept = []
    for row in rows:
        first = _day("closures", row.get("from") or "")
        last = _day("closures", row.get("to") or row["from"])
        if last < first:
            raise RuleBroken(N_("The last day closed lies before the first one."), field="closures")
        kept.append(
            {
                "from": first.isoformat(),
                "to": last.isoformat(),
                "reason": str(row.get("reason") or "").strip(),
            }
        )
    return sorted(kept, key=lambda row: (row["from"], row["to"]))
