"""Engines for tests: the one in a folder, and one on a real Elasticsearch."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from devtools.elasticsearch import node
from devtools.elasticsearch.artifacts import MissingToolError
from search.elastic.engine import ElasticEngine
from search.embedded.engine import EmbeddedEngine
from tests.factories.search import TOY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from search.embedding import VectorSpace
    from search.engine import Engine

HOW = (
    "no Elasticsearch: install Java 17 and Maven 3, then run python -m devtools.elasticsearch start"
)


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """One node for all tests and processes of this run."""
    named = os.environ.get("TEST_ELASTICSEARCH_URL")
    if named:
        yield named
        return
    try:
        with node.running() as url:
            yield url
    except (MissingToolError, node.NotStartedError) as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{HOW} ({error})")
        pytest.skip(HOW)


@contextmanager
def opened(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Callable]:
    """Give a function that opens engines on one and the same store, for any vector spaces."""
    engines: list[Engine] = []
    prefix = f"test-{uuid.uuid4().hex[:12]}"

    def reopen(spaces: Sequence[VectorSpace] = (TOY,)) -> Engine:
        if kind == "embedded":
            engines.append(EmbeddedEngine(folder, spaces))
        else:
            url = request.getfixturevalue("elasticsearch_url")
            engines.append(ElasticEngine(url, spaces, prefix=prefix))
        return engines[-1]

    try:
        yield reopen
    finally:
        for engine in engines:
            if isinstance(engine, ElasticEngine):
                engine.forget_everything()
            engine.close()


BOTH = [
    pytest.param("embedded", id="embedded"),
    pytest.param("elastic", id="elastic", marks=pytest.mark.elastic),
]


@pytest.fixture(params=BOTH)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable]:
    """A function that opens engines on one fresh store, as several processes would."""
    with opened(request.param, request, tmp_path / "search") as function:
        yield function


@pytest.fixture
def engine(reopen: Callable) -> Engine:
    """A fresh engine."""
    return reopen()


@pytest.fixture(params=BOTH, scope="module")
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable]:
    """Like ``reopen``, for a module whose tests only read."""
    with opened(request.param, request, tmp_path_factory.mktemp("search")) as function:
        yield function
