"""What every template may use: strict names, filters, and the values of the frame."""

from __future__ import annotations

import hashlib
import time
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, request, url_for
from flask_babel import gettext
from jinja2 import StrictUndefined

from marketplace.web import panels
from marketplace.web.access import current_actor
from marketplace.web.extensions import settings
from marketplace.web.forms import say
from marketplace.web.languages import current_language, other_language_address

if TYPE_CHECKING:
    from collections.abc import Callable

STATIC = Path(__file__).parents[2] / "static"
BEIJING = ZoneInfo("Asia/Shanghai")
WAN_MINOR = 10_000 * 100
YI_MINOR = 100_000_000 * 100


@lru_cache(maxsize=256)
def _content_hash(path: Path, changed_ns: int) -> str:  # noqa: ARG001 — the moment is part of the key
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=256)
def _version(name: str, _second: int) -> str:
    """Name a file's content; looked at once a second, not for every page of a crowd."""
    path = STATIC / name
    return _content_hash(path, path.stat().st_mtime_ns)


def static_url(name: str) -> str:
    """Give the address of a static file with its content hash; it never carries a language."""
    version = _version(name, int(time.monotonic()))
    root = request.script_root.removesuffix("/en")
    return f"{root}/static/{name}?v={version}"


def local(moment: datetime) -> datetime:
    """Give a moment in Beijing time."""
    return moment.astimezone(BEIJING)


def day(value: date | datetime | None) -> str:
    """Show a day as 2026-11-20; nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = local(value).date()
    return value.isoformat()


def prose_day(value: date | datetime) -> str:
    """Show a day in running text: 2026年11月23日, 23 November 2026."""
    shown = local(value).date() if isinstance(value, datetime) else value
    if current_language() == "zh":
        return f"{shown.year}年{shown.month}月{shown.day}日"
    return f"{shown.day} {shown:%B %Y}"


def moment(value: datetime | None) -> str:
    """Show a moment in Beijing time as 2026-11-20 14:05."""
    return local(value).strftime("%Y-%m-%d %H:%M") if value else ""


def _short(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.01')).normalize():,f}"


def money(minor: int, currency: str = "CNY") -> str:
    """Show an amount: below 1万 in 元, then 万元, from 1亿 in 亿元; in English CN¥1.2M."""
    if currency != "CNY":
        return f"{currency} {Decimal(minor) / 100:,.2f}"
    if current_language() == "zh":
        if abs(minor) >= YI_MINOR:
            return f"{_short(Decimal(minor) / YI_MINOR)} 亿元"
        if abs(minor) >= WAN_MINOR:
            return f"{_short(Decimal(minor) / WAN_MINOR)} 万元"
        return f"{_short(Decimal(minor) / 100)} 元"
    yuan = Decimal(minor) / 100
    for size, sign in ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K")):
        if abs(yuan) >= size:
            return f"CN¥{_short(yuan / size)}{sign}"
    return f"CN¥{_short(yuan)}"


def file_size(count: int) -> str:
    """Show a number of bytes for people: 820 B, 1.4 MB."""
    size = float(count)
    for unit in ("B", "KB", "MB"):
        if size < 1024:  # noqa: PLR2004 — bytes a step
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


def label(member: Any) -> str:  # noqa: ANN401 — any labelled enum
    """Translate the label of an enum's member."""
    return str(gettext(member.label))


def own_title(record: Any) -> str:  # noqa: ANN401 — any record with both titles
    """Give the English title to readers of English if there is one, else the record's own."""
    own: str = record.title
    return record.title_en or own if current_language() == "en" else own


def page_address(number: int) -> str:
    """Give this page's address with another page number, everything else kept."""
    arguments = request.args.to_dict(flat=False)
    arguments["page"] = [str(number)]
    values: dict[str, Any] = {**(request.view_args or {}), **arguments}
    return url_for(request.endpoint or "home.index", **values)


def has_page(endpoint: str) -> bool:
    """Whether this copy serves the page; the frame links only to what is there."""
    return endpoint in current_app.view_functions


def site_title() -> str:
    """Give the name of the site in the reader's language."""
    name = settings().site_name
    return "Hanqiao" if current_language() == "en" and name == "汉桥" else name


def install(app: Flask, navigation: Callable[[], list[dict[str, Any]]]) -> None:
    """Set up the template environment."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(
        day=day,
        prose_day=prose_day,
        moment=moment,
        money=money,
        file_size=file_size,
        label=label,
        own_title=own_title,
    )
    app.jinja_env.globals.update(
        static_url=static_url,
        say=say,
        panels=panels.render,
        page_address=page_address,
        has_page=has_page,
        site_title=site_title,
        # Notices say how many a person has not read.
        unread=int,
    )

    @app.context_processor
    def frame() -> dict[str, Any]:
        own = settings()
        theme = request.cookies.get("theme", "system")
        return {
            "current_actor": current_actor(),
            "language": current_language(),
            "other_language_url": other_language_address(),
            "site": own,
            "theme": theme if theme in ("light", "dark") else "system",
            "nav": navigation(),
        }
