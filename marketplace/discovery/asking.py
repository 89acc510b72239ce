"""Asks the engine for a page; when it is gone, asks the tables."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from marketplace.discovery.queries import fallback
from marketplace.indexing.parsing import without
from marketplace.indexing.visibility import visible_for
from search.engine import SearchUnavailable, StaleSpaces
from search.queries import FACETS_OF, Sort

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.discovery.vectors import QueryVectors
    from search.engine import Engine
    from search.queries import Query
    from search.results import Results
    from search.visibility import Visible

log = logging.getLogger(__name__)

#: With so few hits by words a likelier spelling is looked for.
FEW = 3


@dataclass(frozen=True, kw_only=True)
class Drop:
    """A filter that could go (or the words, without facet), and how many results it would give."""

    total: int
    facet: str = ""
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a search page shows."""

    query: Query
    results: Results
    did_you_mean: str | None = None
    drops: Sequence[Drop] = field(default_factory=tuple)
    #: The engine does not answer: the tables were asked, by words alone and without counts.
    engine_down: bool = False
    #: Vectors were late: the next reader of this page may get more.
    incomplete: bool = False


@dataclass(frozen=True)
class Asking:
    """Somebody's question to the engine, with what it takes to do without the engine."""

    session: Session
    actor: Actor
    parts: Any
    vectors: QueryVectors

    @property
    def visible(self) -> Visible:
        """What this person may find."""
        return visible_for(self.actor)

    def ask(self, query: Query) -> Answer:
        """Give the page that a query asks for; never fails for want of an engine."""
        asked = self.vectors.of(query.text)
        try:
            engine = open_engine(self.parts)
            query = replace(query, vectors=asked.vectors)
            results = search(engine, query, self.visible)
            return Answer(
                query=query,
                results=results,
                did_you_mean=self._likelier(engine, query, results),
                drops=() if results.total else self._drops(engine, query),
                incomplete=asked.late,
            )
        except SearchUnavailable as error:
            log.warning("the engine did not answer, the tables did: %s", error)
        results = fallback.search(self.session, query, actor=self.actor)
        return Answer(query=query, results=results, engine_down=True)

    def _likelier(self, engine: Engine, query: Query, results: Results) -> str | None:
        """Give another spelling if the words find little and the other words find more."""
        by_words = sum(not hit.by_meaning for hit in results.hits)
        if not query.text or query.page > 1 or min(by_words, results.total) >= FEW:
            return None
        likelier = engine.did_you_mean(query.kind, query.text, visible=self.visible)
        if likelier is None or self._by_words(engine, query, likelier) <= by_words:
            return None
        return likelier

    def _by_words(self, engine: Engine, query: Query, text: str) -> int:
        words = replace(query, text=text, vectors={}, size=1)
        return search(engine, words, self.visible).total

    def _drops(self, engine: Engine, query: Query) -> list[Drop]:
        """Count what each filter keeps away, so that an empty page offers a way on."""
        found = []
        for facet in FACETS_OF[query.kind]:
            for value in query.chosen.get(facet, ()):
                fewer = replace(without(query, facet, value), size=1)
                total = search(engine, fewer, self.visible).total
                if total:
                    found.append(Drop(total=total, facet=facet, value=value))
        if query.text and query.chosen:
            wordless = replace(query, text="", vectors={}, size=1, page=1, sort=Sort.RELEVANCE)
            total = search(engine, wordless, self.visible).total
            if total:
                found.append(Drop(total=total))
        return found


def open_engine(parts: Any) -> Engine:  # noqa: ANN401 — the application's parts, or a test's
    """Give the engine; raise SearchUnavailable whatever keeps it from opening."""
    try:
        engine: Engine = parts.search
    except SearchUnavailable:
        raise
    except Exception as error:
        raise SearchUnavailable(f"it could not be opened: {error!r}") from error
    return engine


def search(engine: Engine, query: Query, visible: Visible) -> Results:
    """Search; an index that was built for other models is asked by words alone."""
    try:
        return engine.search(query, visible=visible)
    except StaleSpaces:
        return engine.search(replace(query, vectors={}), visible=visible)
