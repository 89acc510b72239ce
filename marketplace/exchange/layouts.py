"""How a file is laid out, guessed from its first lines; people may correct it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from marketplace.exchange.fields import ImportKind, guess
from marketplace.exchange.reading.rows import Layout, first_cells, named, read_rows, text_of
from marketplace.exchange.reading.sniffing import FileFormat, sniff
from marketplace.exchange.words import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from marketplace.exchange.reading.rows import Row

#: Records shown to people before they confirm the columns.
SAMPLE = 3
#: A list of needs without a line of names: what it is about, its language, its text.
_BARE_NEEDS = ("reference", "language", "problem")


def look_at(path: Path, kind: ImportKind) -> tuple[Layout, dict[str, str]]:
    """Give the layout of a file and the guessed mapping of its columns to fields."""
    sniffed = sniff(path)
    cells = first_cells(path, sniffed)
    if sniffed.format is FileFormat.JSONL:
        columns = tuple(cells)
        layout = Layout(sniffed, columns)
        return with_sample(path, layout), guess(kind, columns)
    columns = named(cells)
    mapping = guess(kind, columns)
    if not mapping and _is_bare_list(kind, cells):
        columns = named("" for _ in cells)
        layout = Layout(sniffed, columns, has_header=False)
        return with_sample(path, layout), dict(zip(columns, _BARE_NEEDS, strict=True))
    return with_sample(path, Layout(sniffed, columns)), mapping


def without_header(path: Path, layout: Layout) -> Layout:
    """Give the layout of a table whose first line is a record already."""
    columns = named("" for _ in first_cells(path, layout.sniffed))
    return with_sample(path, replace(layout, columns=columns, has_header=False))


def with_sample(path: Path, layout: Layout) -> Layout:
    """Add the first records for people to look at."""
    rows = tuple(islice((row for row in read_rows(path, layout) if row.cells), SAMPLE))
    return replace(layout, sample=rows)


def shown(layout: Layout, column: str, length: int = 80) -> list[str]:
    """Give what stands in a column in the first records."""
    cells = (row.cells.get(column) for row in layout.sample)
    return [_cut(_words(cell), length) for cell in cells]


def _words(cell: object) -> str:
    return "；".join(map(text_of, cell)) if isinstance(cell, list) else text_of(cell)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _is_bare_list(kind: ImportKind, cells: Sequence[str]) -> bool:
    return (
        kind is ImportKind.NEEDS
        and len(cells) == len(_BARE_NEEDS)
        and cells[1].strip().casefold() in LANGUAGES
    )


def is_blank(row: Row) -> bool:
    """Whether a line holds nothing."""
    return not row.cells and not row.fault
