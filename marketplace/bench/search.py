"""``flask bench search``: how fast the engine answers beside the bare libraries."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketplace.demo.load import RECORDS
from search.bench_records import read_corpus
from search.bench_speed import measure
from search.providers import open_embedders

if TYPE_CHECKING:
    from search.bench_speed import Measured


@click.command("search")
@click.option(
    "--records",
    "counts",
    type=click.IntRange(min=10),
    multiple=True,
    required=True,
    help="How many records to make; may be given several times.",
)
@click.option(
    "--corpus",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON lines with title, abstract, keywords and discipline; records are made of them, "
    "or of the demo records when no file is given.",
)
@click.option("--questions", default=200, show_default=True, help="Questions asked of each kind.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Scratch space.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def search(
    counts: tuple[int, ...],
    corpus: Path | None,
    questions: int,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Measure search and matching of the embedded engine on made records."""
    entries = read_corpus(corpus) if corpus else demo_entries()
    embedders = open_embedders()
    for count in counts:
        with tempfile.TemporaryDirectory(dir=folder, prefix="bench-search-") as scratch:
            found = measure(
                Path(scratch),
                entries,
                embedders,
                count,
                asked=questions,
                tell=lambda text: click.echo(text, err=True),
            )
        click.echo(json.dumps(found.as_json()) if as_json else table(found))


def demo_entries() -> list[dict[str, Any]]:
    """Give the demo results in the form of a corpus."""
    records = json.loads(RECORDS.read_text(encoding="utf-8"))["listings"]
    return [
        {
            "title": row["title"],
            "abstract": row["abstract"] + row["problem"] + row["gain"],
            "keywords": row["keywords"],
            "discipline": row["field_codes"][0],
        }
        for row in records
    ]


def table(found: Measured) -> str:
    """Lay one run out for reading."""
    rows = [
        f"{found.records:,} records, engine {found.engine}, load {found.load:.1f}",
        (
            f"  indexed in {found.index_seconds:,.1f} s"
            f" (making them takes {found.make_seconds:,.1f} s of it), {found.disk_mebibytes:,} MiB"
            f" on disk, memory grows by {found.memory_mebibytes:,} MiB"
            f" and {found.mapped_mebibytes:,} MiB of mapped files"
        ),
        f"  {'milliseconds':<44}{'p50':>9}{'p95':>9}{'p99':>9}",
    ]
    rows += [
        f"  {name:<44}{times.p50:>9.1f}{times.p95:>9.1f}{times.p99:>9.1f}"
        for name, times in found.times.items()
    ]
    rows += [f"  recall at 10 in {name}: {share:.3f}" for name, share in found.recall.items()]
    return "\n".join(rows)
