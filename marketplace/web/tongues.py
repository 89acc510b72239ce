"""Says the language of texts that people typed: on a finished page, by their script.

A page is written in one language, but names, titles and reasons stay as somebody typed them.
Screen readers and fonts need to know which words are Chinese on an English page and English on a
Chinese one (WCAG 2.2, 3.1.2). Templates that know the language say it themselves; this finds all
the rest, so that no template has to remember.

Pages come from templates that escape every value: a ``<`` or ``>`` is always a tag's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

CHINESE, ENGLISH = "zh-Hans", "en"

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_WITH_HAN = re.compile(rf">([^<{_HAN}]*[{_HAN}][^<]*)<")
_WITHOUT_HAN = re.compile(rf">(\s*[^<\s{_HAN}][^<{_HAN}]{{8,}})<")
#: Words that hold Chinese, with what stands between them: units, figures, a Latin name inside.
_RUN = re.compile(rf"\S*[{_HAN}]\S*(?:\s+\S*[{_HAN}]\S*)*")
#: A word of running text; no part of an address, a file name or a number.
_WORD = re.compile(r"(?<![\w@./&#-])[A-Za-z][a-z]+(?![\w@/&#-]|\.\w)")
#: Fewer English words than this are a name or a unit, which Chinese text takes in.
_SENTENCE = 3

_SAYS = re.compile(r"<([a-z][a-z0-9]*)\s(?:[^>]*\s)?lang=\"([a-zA-Z-]+)\"[^>]*>")
_VOID = frozenset({"input", "link", "meta", "img"})
#: Text in these is no language, or a template's own business.
_SILENT = re.compile(r"<(script|style|code|svg)\b.*?</\1>", re.DOTALL)
_NO_LANGUAGE = "none"
#: In these nothing can be wrapped; the element itself carries the language.
_PLAIN = ("<option", "<title", "<textarea")
#: These have no content: what follows them is their parent's.
_ALONE = ("<br", "<hr", "<img", "<input", "<wbr")
_BOX = re.compile(rf'<input\s[^>]*\bvalue="[^"]*[{_HAN}][^>]*>')


class _Part(NamedTuple):
    start: int
    end: int
    language: str


def _end_of(page: str, name: str, place: int) -> int:
    """Find where the element ends whose own tag ends at the place."""
    depth = 1
    for found in re.compile(rf"<(/?){name}\b").finditer(page, place):
        depth += -1 if found[1] else 1
        if depth == 0:
            return found.start()
    return len(page)


def _parts(page: str) -> list[_Part]:
    """Find what says its own language, and what has none, in the order of the page."""
    parts = [
        _Part(
            found.end() - 1,
            _end_of(page, found[1], found.end()),
            ENGLISH if found[2].lower().startswith("en") else CHINESE,
        )
        for found in _SAYS.finditer(page)
        if found[1] not in _VOID
    ]
    parts += [_Part(found.start(), found.end(), _NO_LANGUAGE) for found in _SILENT.finditer(page)]
    return sorted(parts)


def _language_at(parts: list[_Part], place: int) -> str:
    """Give the language of the innermost part around a place; nothing outside all."""
    language = ""
    for part in parts:
        if part.start > place:
            break
        if place < part.end:
            language = part.language
    return language


def _wrapped(text: str, language: str) -> str:
    """Wrap the foreign words of a text that stands among others."""
    bare = text.strip()
    start = text.index(bare)
    if language == CHINESE:
        marked = f'<bdi lang="{ENGLISH}">{bare}</bdi>'
    else:
        marked = _RUN.sub(lambda run: f'<bdi lang="{CHINESE}">{run[0]}</bdi>', bare)
        if not _RUN.fullmatch(bare):
            # In a row of boxes each child is a box of its own: one text stays one child.
            marked = f"<bdi>{marked}</bdi>"
    return f"{text[:start]}{marked}{text[start + len(bare) :]}"


def _with_language(tag: str, language: str) -> str:
    return f'{tag.removesuffix(">").removesuffix("/").rstrip()} lang="{language}">'


def _is_foreign(text: str, language: str) -> bool:
    return language == ENGLISH or len(_WORD.findall(text)) >= _SENTENCE


class _Change(NamedTuple):
    start: int
    end: int
    text: str


def _change(page: str, found: re.Match[str], language: str) -> _Change | None:
    """Say what to write in place of a foreign text, or of the tag before it."""
    text = found[1]
    opened = page.rfind("<", 0, found.start())
    tag = page[opened : found.start() + 1]
    is_alone = not tag.startswith(("</", "<!", "<html")) and page.startswith("</", found.end() - 1)
    has_own = ' lang="' in tag or tag.startswith(_ALONE)
    is_plain = tag.startswith(_PLAIN)
    whole = language == CHINESE or is_plain or _RUN.fullmatch(text.strip()) is not None
    if is_alone and whole and not has_own:
        other = CHINESE if language == ENGLISH else ENGLISH
        return _Change(opened, found.start() + 1, _with_language(tag, other))
    if is_plain:
        return None
    return _Change(found.start(1), found.end(1), _wrapped(text, language))


def _boxes(page: str) -> list[_Change]:
    """Say the language of Chinese that stands typed in the boxes of an English page."""
    return [
        _Change(found.start(), found.end(), _with_language(found[0], CHINESE))
        for found in _BOX.finditer(page)
        # A label of its own would be read in the language of the value.
        if not any(own in found[0] for own in ('type="hidden"', "aria-label=", " lang="))
    ]


def mark(page: str, language: str) -> str:
    """Give the page with ``lang`` on every text that is not in the page's language (zh or en)."""
    parts = _parts(page)
    own = ENGLISH if language == "en" else CHINESE
    whole = _Part(0, len(page), own)
    changes = _boxes(page) if own == ENGLISH else []
    for part in (whole, *(part for part in parts if part.language not in (_NO_LANGUAGE, own))):
        candidates = _WITH_HAN if part.language == ENGLISH else _WITHOUT_HAN
        for found in candidates.finditer(page, part.start, part.end + 1):
            if _is_foreign(found[1], part.language) and (
                (_language_at(parts, found.start(1)) or own) == part.language
            ):
                change = _change(page, found, part.language)
                if change:
                    changes.append(change)
    pieces: list[str] = []
    place = 0
    # Parts inside parts of the same language find the same text twice.
    for change in sorted(set(changes)):
        pieces += (page[place : change.start], change.text)
        place = change.end
    return "".join((*pieces, page[place:]))


def _mark_answer(response: Response) -> Response:
    if response.mimetype == "text/html" and not (
        response.direct_passthrough
        or response.is_streamed
        or "Content-Encoding" in response.headers
    ):
        language = str(request.environ.get("hanqiao.language", "zh"))
        response.set_data(mark(response.get_data(as_text=True), language))
    return response


def install(app: Flask) -> None:
    """Mark every page before it is compressed."""
    app.after_request(_mark_answer)
