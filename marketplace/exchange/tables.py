"""Tables that leave the house: text that Excel opens rightly, and workbooks; formulas harmless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xlsxwriter

from marketplace.core.spreadsheets import CSV_TYPE, csv_pieces, harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = [
    "CSV_TYPE",
    "JSONL_TYPE",
    "RIS_TYPE",
    "XLSX_TYPE",
    "csv_pieces",
    "harmless",
    "write_csv",
    "write_xlsx",
]

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RIS_TYPE = "application/x-research-info-systems"
JSONL_TYPE = "application/jsonl"
#: Excel's own limit (characters).
_CELL = 32_767


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
