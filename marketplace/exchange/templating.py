"""Template files: the columns that a file may have, with one record as an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.exchange import tables
from marketplace.exchange.fields import FIELDS, TEMPLATE, ImportKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def template_rows(kind: ImportKind, language: str) -> list[Sequence[str]]:
    """Give the names of the columns and an example of each."""
    fields = [field for field in FIELDS[kind] if field.key in TEMPLATE[kind]]
    return [
        [field.name(language) for field in fields],
        [field.example(language) for field in fields],
    ]


def write_template(target: Path, kind: ImportKind, language: str, ending: str) -> None:
    """Write the template as CSV or as a workbook."""
    rows = template_rows(kind, language)
    if ending == "csv":
        tables.write_csv(target, rows)
    else:
        tables.write_xlsx(target, rows, widths=[20] * len(rows[0]))
