"""``flask bench relevance``: how well each ranking, and what is served, answers known needs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from search.bench.files import BadFile, read_corpus, read_needs
from search.bench.relevance import SERVED, measure
from search.elastic.engine import ElasticEngine
from search.embedded.engine import EmbeddedEngine
from search.embedding import EmbeddingUnavailable
from search.engine import SearchUnavailable
from search.providers import open_embedders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config import Settings
    from search.bench.relevance import Report
    from search.embedding import Embedder, VectorSpace
    from search.engine import Engine

ROOT = Path(__file__).parents[2]
#: The program that starts a local node where no address is given.
_NODE = (sys.executable, "-m", "devtools.elasticsearch")
_PATH = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("relevance")
@click.option(
    "--corpus",
    "corpora",
    type=_PATH,
    multiple=True,
    required=True,
    help="JSON lines with id, title, abstract, keywords and discipline; may be given repeatedly.",
)
@click.option(
    "--needs",
    type=_PATH,
    required=True,
    help="Lines of: id of the record that answers, language, text; separated by tabs.",
)
@click.option(
    "--engine",
    "name",
    type=click.Choice(["embedded", "elastic"]),
    default="embedded",
    show_default=True,
    help="elastic takes ELASTICSEARCH_URL, or starts a local node.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@with_appcontext
def relevance(corpora: tuple[Path, ...], needs: Path, name: str, *, as_json: bool) -> None:
    """Measure rankings on a scratch index; touches no record and needs no database."""
    settings: Settings = current_app.extensions["hanqiao.settings"]
    try:
        documents = read_corpus(corpora)
        asked = read_needs(needs, documents)
        embedders = _embedders(settings)
        spaces = [embedder.space for embedder in embedders]
        with _scratch(name, spaces, settings) as engine:
            report = measure(
                engine, documents, asked, embedders, settings.home / "cache" / "vectors", _tell
            )
    except (BadFile, EmbeddingUnavailable, SearchUnavailable) as error:
        raise click.ClickException(str(error)) from error
    click.echo(as_object(report) if as_json else table(report))


def _embedders(settings: Settings) -> Sequence[Embedder]:
    return open_embedders(
        url=settings.embeddings_url,
        api_key=settings.embeddings_api_key,
        model=settings.embeddings_model,
        dimensions=settings.embeddings_dimensions,
    )


@contextmanager
def _scratch(name: str, spaces: Sequence[VectorSpace], settings: Settings) -> Iterator[Engine]:
    """Open an engine on a store of its own, and leave nothing of it behind."""
    if name == "embedded":
        with tempfile.TemporaryDirectory(prefix="bench-relevance-") as folder:
            embedded = EmbeddedEngine(Path(folder), spaces)
            try:
                yield embedded
            finally:
                embedded.close()
        return
    with _address(settings) as url:
        elastic = ElasticEngine(
            url,
            spaces,
            api_key=settings.elasticsearch_api_key,
            ca=settings.elasticsearch_ca,
            prefix=f"bench-{uuid.uuid4().hex[:12]}",
        )
        try:
            yield elastic
        finally:
            elastic.forget_everything()
            elastic.close()


@contextmanager
def _address(settings: Settings) -> Iterator[str]:
    """Give the address of an Elasticsearch; one that must be started is stopped afterwards."""
    running = settings.elasticsearch_url or _node("address")
    if running:
        yield running
        return
    started = _node("start")
    if not started:
        raise SearchUnavailable(
            "No Elasticsearch: set ELASTICSEARCH_URL, or install Java 17 and Maven 3"
        )
    try:
        yield started
    finally:
        _node("stop")


def _node(word: str) -> str:
    """Run the program of the local node; give what it printed, nothing when it failed."""
    done = subprocess.run(  # noqa: S603 — our own program with a fixed word
        [*_NODE, word], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _tell(name: str, done: int, total: int) -> None:
    """Show progress on one line of the terminal's error output."""
    end = "\n" if done == total else ""
    click.echo(f"\r{name}: {done} of {total}  {end}", err=True, nl=False)


def as_object(report: Report) -> str:
    """Give the report as one JSON object: ranking → language → figures."""
    return json.dumps(
        {
            ranking: {language: found.as_dict() for language, found in by_language.items()}
            for ranking, by_language in report.items()
        },
        ensure_ascii=False,
    )


def table(report: Report) -> str:
    """Lay the report out for reading: a line a ranking and language, what is served last."""
    width = max(len(ranking) for ranking in report)
    lines = [f"{'ranking':<{width}}  lang  nDCG@10  recall@10     MRR     n"]
    for ranking, by_language in sorted(report.items(), key=lambda item: item[0] == SERVED):
        for language, found in by_language.items():
            lines.append(
                f"{ranking:<{width}}  {language:<4}  {found.ndcg:7.4f}  {found.recall:9.4f}"
                f"  {found.mrr:6.4f}  {found.n:4}"
            )
    return "\n".join(lines)
