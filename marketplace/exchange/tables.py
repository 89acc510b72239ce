"""Tables that leave the house: text that Excel opens rightly, and workbooks; formulas harmless."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

CSV_TYPE = "text/csv"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RIS_TYPE = "application/x-research-info-systems"
JSONL_TYPE = "application/jsonl"
#: Excel guesses the encoding of a CSV file unless it begins with this.
BOM = "\ufeff"
#: Cells that begin with one of these are run as formulas by spreadsheets.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: Excel's own limit (characters).
_CELL = 32_767


def harmless(text: str) -> str:
    """Take the power from a cell that a spreadsheet would run; reading it back restores it."""
    return "'" + text if text.startswith(_FORMULA_SIGNS) else text


def csv_pieces(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Give a CSV file piece by piece, with the mark that tells Excel its encoding."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(csv_pieces(rows))


def write_xlsx(path: Path, rows: Iterable[Sequence[str]], *, widths: Sequence[int] = ()) -> None:
    """Write a workbook row by row; every cell is text, so that nothing is worked out."""
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    with book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        sheet.freeze_panes(1, 0)
        for index, width in enumerate(widths):
            sheet.set_column(index, index, width)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell[:_CELL], text if number else bold)
