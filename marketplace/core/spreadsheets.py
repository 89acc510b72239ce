"""Text files that spreadsheets open rightly, with cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CSV_TYPE = "text/csv"
#: Excel guesses the encoding of a CSV file unless it begins with this.
BOM = "\ufeff"
#: Cells that begin with one of these are run as formulas by spreadsheets.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


#: A plain number below zero is no formula.
_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")


def harmless(text: str) -> str:
    """Take the power from a cell that a spreadsheet would run; reading it back restores it."""
    if _NUMBER.fullmatch(text):
        return text
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
