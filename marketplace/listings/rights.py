"""Numbers of rights: one written form for each, and the check digit of Chinese patents.

Source of the check digit: standard of the patent office on application numbers (ZC 0006-2003).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.listings.models import IpRightKind, LegalStatus

PATENTS = frozenset({IpRightKind.INVENTION_PATENT, IpRightKind.UTILITY_MODEL, IpRightKind.DESIGN})

#: Digit of the application number that names the kind: 8 and 9 came in by the PCT.
_KIND_DIGITS = {
    "1": IpRightKind.INVENTION_PATENT,
    "8": IpRightKind.INVENTION_PATENT,
    "2": IpRightKind.UTILITY_MODEL,
    "9": IpRightKind.UTILITY_MODEL,
    "3": IpRightKind.DESIGN,
}
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
#: Lengths without check digit: since 1 October 2003, and before.
_LENGTHS = (12, 8)
#: From this filing day a design lives 15 years instead of 10 (Patent Law 42 as of 2021).
_LONGER_DESIGNS = date(2021, 6, 1)


def check_digit(digits: str) -> str:
    """Give the check digit of an application number of 8 or 12 digits; 10 is written X."""
    rest = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False)) % 11
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004 — the eleventh digit


def normalize_number(kind: IpRightKind, text: str) -> str:
    """Give the one form in which a number is kept: ``ZL`` + digits + check digit for patents.

    Foreign and other numbers are put in upper case without blanks. Raises RuleBroken for a
    Chinese patent number whose length, check digit or kind is wrong.
    """
    number = "".join(unicodedata.normalize("NFKC", text).upper().split())
    for dash in "‐‑–—−":
        number = number.replace(dash, "-")
    if kind not in PATENTS or not number:
        return number
    # A publication number (CN 101234567 B) and a foreign one are other series: kept as written.
    bare = re.sub(r"^(ZL|CN)(?=[0-9])", "", number)
    if not number.startswith("ZL") and not re.fullmatch(r"[0-9]{8,13}(\.?[0-9X])?", bare):
        return number
    if number.startswith("CN") and re.fullmatch(r"[0-9]{7,9}[A-Z]?", bare) and "." not in bare:
        return number
    return "ZL" + _checked(kind, bare, shown=text.strip())


def _checked(kind: IpRightKind, bare: str, *, shown: str) -> str:
    plain = bare.replace(".", "", 1)
    length = next((size for size in _LENGTHS if len(plain) in (size, size + 1)), None)
    if length is None or not re.fullmatch(rf"[0-9]{{{length}}}[0-9X]?", plain):
        raise RuleBroken(
            N_(
                "“%(number)s” is not a Chinese patent number. Write ZL, 12 digits, a dot and the "
                "check digit, as in ZL 2017 1 0601862.3."
            ),
            field="rights",
            number=shown,
        )
    digits, given = plain[:length], plain[length:]
    right = check_digit(digits)
    if given and given != right:
        raise RuleBroken(
            N_(
                "The check digit of “%(number)s” does not fit. Compare the number with the "
                "certificate: two digits may be swapped."
            ),
            field="rights",
            number=shown,
        )
    named = _KIND_DIGITS.get(digits[4 if length == _LENGTHS[0] else 2])
    if named is None or named is not kind:
        raise RuleBroken(
            N_(
                "The number “%(number)s” belongs to another kind of patent. Choose the kind "
                "that the certificate names."
            ),
            field="rights",
            number=shown,
        )
    return digits + right


def shown_number(number: str, *, granted: bool = True) -> str:
    """Give a number as the office prints it: ZL 2017 1 0601862.3, without ZL before grant."""
    body = number.removeprefix("ZL")
    if not number.startswith("ZL") or len(body) not in (9, 13):
        return number
    year, kind, serial = (
        (body[:4], body[4], body[5:-1]) if len(body) == 13 else (body[:2], body[2], body[3:-1])  # noqa: PLR2004 — digits with check digit
    )
    return f"{'ZL ' if granted else ''}{year} {kind} {serial}.{body[-1]}"


def is_granted(legal_status: LegalStatus | str | None) -> bool:
    """Whether the office has granted the right, and it still stands."""
    return legal_status == LegalStatus.GRANTED


def expires_on(kind: IpRightKind, filed_on: date | None) -> date | None:
    """Give the last day of a patent's term by its filing day (Patent Law 42); None if unknown."""
    if filed_on is None or kind not in PATENTS:
        return None
    years = 20 if kind is IpRightKind.INVENTION_PATENT else 10
    if kind is IpRightKind.DESIGN and filed_on >= _LONGER_DESIGNS:
        years = 15
    try:
        return filed_on.replace(year=filed_on.year + years)
    except ValueError:
        return date(filed_on.year + years, 3, 1)
