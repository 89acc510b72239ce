"""Marks what a query found in a text, by our own analysis; gives segments, never HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.analysis import fold_with_offsets, is_han, runs, stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Where a snippet may begin or end.
_BREAKS: Final = "。！？；.!?;\n"

Segment = tuple[str, bool]


def highlight(text: str, tokens: Sequence[str]) -> list[Segment]:
    """Cut a text into segments with whether ``Results.tokens`` hit them."""
    return _segments(text, _spans(text, tokens), 0, len(text))


def snippet(text: str, tokens: Sequence[str], *, size: int = 160) -> list[Segment]:
    """Give the part of a text (at most ``size`` characters) with most hits, as segments."""
    spans = _spans(text, tokens)
    if len(text) <= size:
        return _segments(text, spans, 0, len(text))
    begin = _best_begin(text, spans, size)
    end = min(len(text), begin + size)
    segments = _segments(text, spans, begin, end)
    if begin:
        segments.insert(0, ("…", False))
    if end < len(text):
        segments.append(("…", False))
    return segments


def _best_begin(text: str, spans: Sequence[tuple[int, int]], size: int) -> int:
    best = most = 0
    for first, _end in spans:
        begin = _sentence_begin(text, first, size // 3)
        count = sum(1 for start, end in spans if start >= begin and end <= begin + size)
        if count > most:
            best, most = begin, count
    return min(best, len(text) - size)


def _sentence_begin(text: str, at: int, reach: int) -> int:
    floor = max(0, at - reach)
    for position in range(at, floor, -1):
        if text[position - 1] in _BREAKS:
            return position
    return floor


def _spans(text: str, tokens: Iterable[str]) -> list[tuple[int, int]]:
    """Give hit places in the text as typed, merged, in order."""
    rows: dict[str, list[list[str]]] = {}
    for token in tokens:
        row = token.split(" ")
        rows.setdefault(row[0], []).append(row)
    if not rows:
        return []
    folded, offsets = fold_with_offsets(text)
    placed = _placed(folded)
    found: list[tuple[int, int]] = []
    for single in rows:
        if len(single) == 1 and is_han(single):
            found.extend(
                (offsets[at], offsets[at] + 1) for at, one in enumerate(folded) if one == single
            )
    for at, (gram, start, _end) in enumerate(placed):
        for row in rows.get(gram, ()):
            if [one[0] for one in placed[at : at + len(row)]] == row:
                end = placed[at + len(row) - 1][2]
                found.append((offsets[start], offsets[end - 1] + 1))
    return _merged(found)


def _placed(folded: str) -> list[tuple[str, int, int]]:
    """Give grams with their places in a folded text; a lone pair also as its characters."""
    found: list[tuple[str, int, int]] = []
    for run, start, han in runs(folded):
        if not han:
            found.append((stem(run), start, start + len(run)))
        elif len(run) == 1:
            found.append((run, start, start + 1))
        else:
            found.extend(
                (run[at : at + 2], start + at, start + at + 2) for at in range(len(run) - 1)
            )
    return found


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _segments(text: str, spans: Iterable[tuple[int, int]], begin: int, end: int) -> list[Segment]:
    segments: list[Segment] = []
    at = begin
    for start, stop in spans:
        first, last = max(start, at), min(stop, end)
        if first >= last:
            continue
        if first > at:
            segments.append((text[at:first], False))
        segments.append((text[first:last], True))
        at = last
    if at < end:
        segments.append((text[at:end], False))
    return segments
