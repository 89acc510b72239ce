"""Rows of a file, one after the other; nothing but the row at hand is held in memory."""

from __future__ import annotations

import csv
import json
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.exchange.reading.sniffing import FileFormat, Sniffed

if TYPE_CHECKING:
    import io
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

#: A cell or a line of JSON that is longer is no record (characters).
CELL_LIMIT = 1_000_000
COLUMNS_LIMIT = 200
#: Records looked at for the names of the columns of JSON Lines.
KEYS_FROM = 200
#: Columns that a file of failed rows adds; they are passed over when it comes back.
MARK = "#"


@dataclass(frozen=True)
class Row:
    """One record: its place in the file (1 is the first record) and its cells by column."""

    number: int
    cells: dict[str, Any]
    #: Why the line can't be read, as a message id; the cells are then empty.
    fault: str = ""


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: its form, and the names of its columns."""

    sniffed: Sniffed
    columns: tuple[str, ...]
    #: Whether the first line names the columns.
    has_header: bool = True
    #: The first records, for people to look at.
    sample: tuple[Row, ...] = field(default=())


def read_rows(path: Path, layout: Layout, *, skip: int = 0) -> Iterator[Row]:
    """Give the rows behind the first ``skip``; raise RuleBroken where the file breaks off."""
    rows = _READERS[layout.sniffed.format](path, layout)
    return islice(rows, skip, None)


def first_cells(path: Path, sniffed: Sniffed) -> tuple[str, ...]:
    """Give the cells of the first line, or the keys of the first records."""
    if sniffed.format is FileFormat.JSONL:
        keys: dict[str, None] = {}
        for row in islice(_json_rows(path, Layout(sniffed, ())), KEYS_FROM):
            keys |= dict.fromkeys(row.cells)
        return _limited(keys)
    with closing(_lines(path, sniffed)) as lines:
        return _limited(_text(cell) for cell in next(lines, []))


def named(cells: Iterable[str]) -> tuple[str, ...]:
    """Give names of columns: trimmed, numbered when empty, and each only once."""
    names: list[str] = []
    for index, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:100] or f"({index})"
        count = 2
        unique = name
        while unique in names:
            unique, count = f"{name} ({count})", count + 1
        names.append(unique)
    return tuple(names)


def count_lines(path: Path, sniffed: Sniffed) -> int | None:
    """Give about how many records a text file has; a workbook does not tell."""
    if sniffed.format is FileFormat.XLSX:
        return None
    with path.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))


def _limited(cells: Iterable[str]) -> tuple[str, ...]:
    found = tuple(cells)
    while found and not found[-1].strip():
        found = found[:-1]
    if len(found) > COLUMNS_LIMIT:
        raise RuleBroken(
            N_("The file has more than %(limit)s columns. Leave only those that are needed."),
            field="file",
            limit=COLUMNS_LIMIT,
        )
    return found


def _table_rows(path: Path, layout: Layout) -> Iterator[Row]:
    number = 0
    with closing(_lines(path, layout.sniffed)) as lines:
        if layout.has_header:
            next(lines, None)
        for cells in lines:
            values = {
                name: cell
                for name, cell in zip(layout.columns, cells, strict=False)
                if cell is not None and not name.startswith(MARK)
            }
            # Blank lines still count, so that a place in the file keeps its number.
            number += 1
            if any(value != "" for value in values.values()):
                yield Row(number, values)
            else:
                yield Row(number, {})


def _lines(path: Path, sniffed: Sniffed) -> Generator[list[Any], None, None]:
    return _sheet_lines(path) if sniffed.format is FileFormat.XLSX else _csv_lines(path, sniffed)


def _csv_lines(path: Path, sniffed: Sniffed) -> Generator[list[Any], None, None]:
    csv.field_size_limit(CELL_LIMIT)
    with path.open(encoding=sniffed.encoding, newline="") as stream:
        reader = csv.reader(stream, delimiter=sniffed.delimiter, strict=True)
        try:
            yield from reader
        except csv.Error as error:
            raise RuleBroken(
                N_(
                    "The table breaks off at line %(line)s: a quotation mark is not closed, or a "
                    "cell is longer than a million characters."
                ),
                field="file",
                line=reader.line_num,
            ) from error


def _sheet_lines(path: Path) -> Generator[list[Any], None, None]:
    with _workbook(path) as book:
        sheet = book.worksheets[0]
        # The size that a sheet claims of itself is often wrong.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        while True:
            try:
                cells = next(rows, None)
            except Exception as error:
                raise RuleBroken(_DAMAGED, field="file") from error
            if cells is None:
                return
            yield [_cell(cell) for cell in cells[: COLUMNS_LIMIT + 1]]


_DAMAGED = N_("The workbook is damaged. Open it in Excel or WPS and save it again as .xlsx.")


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    with path.open("rb") as stream:
        try:
            # Values as last computed: no formula is looked at, let alone worked out.
            book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except Exception as error:
            raise RuleBroken(_DAMAGED, field="file") from error
        if not book.worksheets:
            raise RuleBroken(N_("The workbook has no sheet with a table."), field="file")
        try:
            yield book
        finally:
            book.close()


def _cell(value: Any) -> Any:  # noqa: ANN401 — whatever a cell holds
    if isinstance(value, str) and len(value) > CELL_LIMIT:
        return value[:CELL_LIMIT]
    return value


def _json_rows(path: Path, layout: Layout) -> Iterator[Row]:
    with path.open(encoding=layout.sniffed.encoding, newline="\n") as stream:
        for number, line in enumerate(_short_lines(stream), start=1):
            if line is None:
                yield Row(number, {}, N_("The line is longer than a million characters."))
                continue
            if not line.strip():
                yield Row(number, {})
                continue
            yield _json_row(number, line)


def _short_lines(stream: io.TextIOBase) -> Iterator[str | None]:
    """Give the lines; one that is too long is passed over in pieces and given as None."""
    while line := stream.readline(CELL_LIMIT + 1):
        if len(line) <= CELL_LIMIT or line.endswith("\n"):
            yield line
            continue
        while line and not line.endswith("\n"):
            line = stream.readline(CELL_LIMIT + 1)
        yield None


_NO_OBJECT = N_("The line is no JSON object. Write one object with names and values a line.")


def _json_row(number: int, line: str) -> Row:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, {}, _NO_OBJECT)
    if not isinstance(value, dict):
        return Row(number, {}, _NO_OBJECT)
    cells = {str(key): cell for key, cell in value.items() if not str(key).startswith(MARK)}
    return Row(number, {key: cell for key, cell in cells.items() if cell is not None})


def _text(cell: object) -> str:
    """Give a cell as people read it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False)
    return str(cell)


text_of = _text

_READERS = {
    FileFormat.CSV: _table_rows,
    FileFormat.XLSX: _table_rows,
    FileFormat.JSONL: _json_rows,
}
