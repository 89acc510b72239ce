"""Values as contracts write them, in both languages, each with the field it comes from."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.papers.content import Filled

if TYPE_CHECKING:
    from datetime import date

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_GROUP = 10_000
_FEN = 100
_TEN = 10
_MONTHS = 12
_CURRENCIES = {
    "CNY": ("人民币", "元"),
    "USD": ("美元", "元"),
    "EUR": ("欧元", "元"),
    "HKD": ("港币", "元"),
}


def capital_yuan(minor: int) -> str:
    """Write an amount in fen the way that can't be altered by a stroke: 壹佰万元整."""
    yuan, fen = divmod(minor, _FEN)
    written = _capital(yuan)
    if not fen:
        return f"{written}元整"
    tenths, rest = divmod(fen, _TEN)
    tail = f"{_DIGITS[tenths]}角" if tenths else "零"
    return f"{written}元{tail}" + (f"{_DIGITS[rest]}分" if rest else "整")


def _capital(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups = []
    while number:
        number, group = divmod(number, _GROUP)
        groups.append(group)
    written = ""
    gap = False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(written)
            continue
        if written and (gap or group < _GROUP // _TEN):
            written += _DIGITS[0]
        written += _capital_group(group) + _GROUPS[place]
        gap = False
    return written


def _capital_group(group: int) -> str:
    written = ""
    gap = False
    for place in range(3, -1, -1):
        digit = group // _TEN**place % _TEN
        if digit:
            if gap:
                written += _DIGITS[0]
            written += _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = bool(written)
    return written


def figure(minor: int) -> str:
    """Write minor units with two decimals and thousands: 1,000,000.00."""
    return f"{Decimal(minor) / _FEN:,.2f}"


def amount(minor: int, currency: str, source: str) -> Filled:
    """Give an amount in figures and, in yuan, in capital characters."""
    name, unit = _CURRENCIES[currency]
    zh = f"{name}{figure(minor)}{unit}"
    if currency == "CNY":
        zh += f"（大写：{capital_yuan(minor)}）"
    return Filled(zh, f"{currency} {figure(minor)}", source)


def short_amount(minor: int, currency: str, source: str) -> Filled:
    """Give an amount for a cell of a table."""
    name, unit = _CURRENCIES[currency]
    return Filled(f"{name}{figure(minor)}{unit}", f"{currency} {figure(minor)}", source)


def currency(code: str, source: str) -> Filled:
    """Name a currency."""
    return Filled(f"{_CURRENCIES[code][0]}（{code}）", code, source)


def percent(basis_points: int, source: str) -> Filled:
    """Give basis points as a share: 525 → 5.25%."""
    shown = f"{(Decimal(basis_points) / 100).normalize():f}%"
    return Filled(shown, shown, source)


def day(value: date, source: str) -> Filled:
    """Give a day."""
    return Filled(
        f"{value.year}年{value.month}月{value.day}日",
        f"{value.day} {value:%B %Y}",
        source,
    )


def months(count: int, source: str) -> Filled:
    """Give a span of months, in whole years where it is one."""
    if count % _MONTHS == 0:
        years = count // _MONTHS
        return Filled(f"{years}年", f"{years} year{'s' if years > 1 else ''}", source)
    return Filled(f"{count}个月", f"{count} month{'s' if count > 1 else ''}", source)


def years(count: int, source: str) -> Filled:
    """Give a number of years."""
    return Filled(f"{count}年", f"{count} year{'s' if count != 1 else ''}", source)


def words(text: str, source: str) -> Filled:
    """Give typed words: there is one text for both languages."""
    return Filled(text.strip(), text.strip(), source)


def pair(texts: tuple[str, str], source: str) -> Filled:
    """Give prepared words (Chinese, English)."""
    return Filled(*texts, source)
