"""Cells as values: how people write numbers, days, prices, choices and lists in tables."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from marketplace.codes.code import folded
from marketplace.core.messages import N_
from marketplace.exchange.reading.rows import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.codes.code import CodeList

#: Signs that part the entries of a list in one cell. A comma parts only where no other sign does.
_STRONG = re.compile(r"[;；、|\n\r]+")
_WEAK = re.compile(r"[,，]+")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_PACKED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR = re.compile(r"(\d{4})\s*(?:[-/.年].*)?")
_AMOUNT = re.compile(
    r"(?:¥|￥|CNY|RMB|人民币)?\s*([\d.,]+)\s*(亿|万|元|yuan|CNY|RMB)?(?:元|人民币)?"
)
_FORMULA = re.compile(r"'(?=[=+\-@\t\r＝＋－＠])")
_DIGITS = re.compile(r"(?:TRL|level|第)?\s*(\d{1,4})(?:\.0+)?\s*(?:级)?", re.IGNORECASE)
#: Control signs and halves of pairs; tabs and line ends are text.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_UNITS = {"亿": 10**8, "万": 10**4, "元": 1, "yuan": 1, "CNY": 1, "RMB": 1}
WAN = 10**4
NEGOTIABLE = frozenset({"面议", "negotiable", "待定", "双方协商", "协商"})


class BadValue(ValueError):
    """A cell that can't be read: what is expected there and how to mend it, as message ids."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected


def plain(cell: Any) -> str:  # noqa: ANN401 — whatever a cell holds
    """Give the cell's text, trimmed; a formula's sign taken in front of it is taken off again."""
    text = text_of(cell).strip()
    # Most cells are printable throughout, which is told much faster.
    if not text.isprintable() and _NO_TEXT.search(text):
        raise BadValue(N_("The cell holds signs that are no text: type it anew."), N_("plain text"))
    return _FORMULA.sub("", text, count=1) if text.startswith("'") else text


def texts(cell: Any) -> tuple[str, ...]:  # noqa: ANN401 — whatever a cell holds
    """Give the entries of a list, each once; JSON lists are taken as they are."""
    if isinstance(cell, list | tuple):
        entries = [plain(entry) for entry in cell]
    else:
        text = plain(cell)
        parts = _STRONG if _STRONG.search(text) else _WEAK
        entries = [entry.strip() for entry in parts.split(text)]
    return tuple(dict.fromkeys(entry for entry in entries if entry))


def number(cell: Any, low: int, high: int) -> int | None:  # noqa: ANN401 — whatever a cell holds
    """Give a whole number between the bounds; TRL 6, 6 级 and 6.0 are 6."""
    text = unicodedata.normalize("NFKC", plain(cell))
    if not text:
        return None
    found = _DIGITS.fullmatch(text)
    if found is None or not low <= int(found[1]) <= high:
        raise BadValue(
            N_("“%(found)s” is no whole number in the range: give one."),
            f"{low}–{high}",
        )
    return int(found[1])


def year(cell: Any) -> int | None:  # noqa: ANN401 — whatever a cell holds
    """Give a year, also out of a day."""
    if isinstance(cell, date):
        return cell.year
    text = unicodedata.normalize("NFKC", plain(cell))
    if not text:
        return None
    found = _YEAR.fullmatch(text)
    if found is None:
        raise BadValue(N_("“%(found)s” is no year: write it with four digits."), "2026")
    return int(found[1])


def day(cell: Any) -> date | None:  # noqa: ANN401 — whatever a cell holds
    """Give a day written in any usual way."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = unicodedata.normalize("NFKC", plain(cell))
    if not text:
        return None
    found = _DAY.match(text) or _PACKED_DAY.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise BadValue(N_("“%(found)s” is no day: write year, month and day."), "2026-11-20")


def amount(cell: Any) -> int | None:  # noqa: ANN401 — whatever a cell holds
    """Give an amount in fen; a bare number counts 万元, as the column says. None is negotiable."""
    text = unicodedata.normalize("NFKC", plain(cell))
    if not text or folded(text) in NEGOTIABLE:
        return None
    found = _AMOUNT.fullmatch(text)
    try:
        value = Decimal(found[1].replace(",", "")) if found else None
    except InvalidOperation:
        value = None
    if found is None or value is None:
        raise BadValue(
            N_(
                "“%(found)s” is no amount: write a number (in 万元), with 元 or 亿 behind it, "
                "or 面议."
            ),
            "120 / 85,000元 / 面议",
        )
    minor = value * _UNITS.get(found[2], WAN) * 100
    if minor > 10**15:
        raise BadValue(N_("“%(found)s” is too much to be meant: look at the unit."), "120")
    return int(minor)


def choice(cell: Any, words: Mapping[str, str]) -> str | None:  # noqa: ANN401 — whatever a cell holds
    """Give the stored key of a choice; ``words`` maps folded names to keys."""
    text = plain(cell)
    if not text:
        return None
    found = words.get(folded(text))
    if found is None:
        raise BadValue(
            N_("“%(found)s” is none of the known values: choose one of them."), _known(words)
        )
    return found


def choices(cell: Any, words: Mapping[str, str]) -> tuple[str, ...]:  # noqa: ANN401 — whatever a cell holds
    """Give the stored keys of a list of choices."""
    found = (choice(entry, words) for entry in texts(cell))
    return tuple(dict.fromkeys(key for key in found if key))


def codes(cell: Any, known: CodeList) -> tuple[str, ...]:  # noqa: ANN401 — whatever a cell holds
    """Give the codes of names or codes."""
    # Some names hold the very signs that part a list (图书馆、情报与档案管理).
    whole = None if isinstance(cell, list) else known.find(plain(cell))
    found = []
    for entry in texts(cell) if whole is None else (whole.code,):
        code = known.get(entry) or known.find(entry)
        if code is None:
            raise BadValue(
                N_("“%(found)s” is no name or code of the list: look it up in the template."),
                "、".join(name for _code, name in known.choices("zh")[-3:]) + " …",
            )
        found.append(code.code)
    return tuple(dict.fromkeys(found))


def _known(words: Mapping[str, str]) -> str:
    """Name each value once, by the first word for it."""
    shown: dict[str, str] = {}
    for word, key in words.items():
        shown.setdefault(key, word)
    return " / ".join(shown.values())
