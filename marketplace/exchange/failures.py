"""The file of failed rows: the form of the file sent, each row with what to mend.

Columns whose names begin with # are passed over when the file comes back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.exchange import tables
from marketplace.exchange.fields import field_of
from marketplace.exchange.models import FailedRow
from marketplace.exchange.reading.rows import read_rows, text_of
from marketplace.exchange.reading.sniffing import FileFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from marketplace.exchange.running import Task


_HEADS = {
    "zh": ("#行号", "#问题", "#列", "#原值", "#应为"),
    "en": ("#row", "#fault", "#column", "#found", "#expected"),
}


def write_failures(
    session: Session,
    task: Task,
    target: Path,
    *,
    language: str,
    say: Callable[[str, Mapping[str, Any]], str],
) -> tuple[str, str] | None:
    """Write the failed rows; give the file's name ending and media type, or None without any."""
    faults = _faults(session, task)
    first = next(faults, None)
    if first is None:
        return None

    def all_faults() -> Iterator[tuple[int, list[dict[str, Any]]]]:
        yield first
        yield from faults

    if task.layout.sniffed.format is FileFormat.JSONL:
        _write_json(task, target, all_faults(), say)
        return ".jsonl", tables.JSONL_TYPE
    rows = _table(task, all_faults(), language, say)
    if task.layout.sniffed.format is FileFormat.XLSX:
        tables.write_xlsx(target, rows)
        return ".xlsx", tables.XLSX_TYPE
    tables.write_csv(target, rows)
    return ".csv", tables.CSV_TYPE


def _faults(session: Session, task: Task) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    rows = session.execute(
        select(FailedRow.number, FailedRow.faults)
        .where(FailedRow.import_id == task.import_id)
        .order_by(FailedRow.number)
        .execution_options(yield_per=1000)
    )
    return ((number, faults) for number, faults in rows)


def _joined(
    task: Task, faults: Iterator[tuple[int, list[dict[str, Any]]]]
) -> Iterator[tuple[int, dict[str, Any], list[dict[str, Any]]]]:
    """Read the file once more and give the cells of the failed rows with their faults."""
    wanted = next(faults, None)
    for row in read_rows(task.path, task.layout):
        if wanted is None:
            return
        if row.number == wanted[0]:
            yield row.number, row.cells, wanted[1]
            wanted = next(faults, None)


def _table(
    task: Task,
    faults: Iterator[tuple[int, list[dict[str, Any]]]],
    language: str,
    say: Callable[[str, Mapping[str, Any]], str],
) -> Iterator[Sequence[str]]:
    columns = [column for column in task.layout.columns if not column.startswith("#")]
    yield [*_heads(task, columns, language), *_HEADS[language]]
    for number, cells, found in _joined(task, faults):
        texts = [text_of(cells.get(column)) for column in columns]
        yield [
            *texts,
            str(number),
            "\n".join(say(fault["message"], fault["values"]) for fault in found),
            *(
                "\n".join(fault[part] for fault in found)
                for part in ("column", "found", "expected")
            ),
        ]


def _heads(task: Task, columns: Sequence[str], language: str) -> list[str]:
    """Name the columns as the file did; a file without names gets those of the fields."""
    if task.layout.has_header:
        return list(columns)
    fields = (field_of(task.kind, task.mapping.get(column, "")) for column in columns)
    return [
        field.name(language) if field else column
        for column, field in zip(columns, fields, strict=True)
    ]


def _write_json(
    task: Task,
    target: Path,
    faults: Iterator[tuple[int, list[dict[str, Any]]]],
    say: Callable[[str, Mapping[str, Any]], str],
) -> None:
    with target.open("w", encoding="utf-8") as stream:
        for number, cells, found in _joined(task, faults):
            told = [
                {
                    "row": number,
                    "fault": say(fault["message"], fault["values"]),
                    **{part: fault[part] for part in ("column", "found", "expected")},
                }
                for fault in found
            ]
            stream.write(json.dumps({**cells, "#faults": told}, ensure_ascii=False) + "\n")
