"""The engine on Elasticsearch: an alias per kind, versions kept by the server."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from elasticsearch import BadRequestError, NotFoundError

from search import page, spelling
from search.documents import Document, Kind
from search.elastic import bodies, revisions
from search.elastic.client import WRITING, answering, connect, require_spaces
from search.engine import SearchUnavailable, StaleSpaces
from search.results import Candidates, Health, Results, Scored, Suggestion
from search.stored import from_json
from search.suggesting import prefixes, suggestions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from search.embedding import VectorSpace
    from search.queries import Query, Question
    from search.visibility import Visible

#: Documents of one bulk request, and ids of one page of versions.
_BULK: Final = 200
_PAGE: Final = 5_000
_CONFLICT: Final = 409
_MISSING: Final = 404
_ERROR: Final = 300


class ElasticEngine:
    """Engine (see ``search.engine``) on a cluster."""

    name = "elastic"

    def __init__(
        self,
        url: str,
        spaces: Sequence[VectorSpace],
        *,
        api_key: str | None = None,
        ca: Path | None = None,
        prefix: str = "hanqiao",
    ) -> None:
        self.spaces: Sequence[VectorSpace] = tuple(spaces)
        self._client = connect(url, api_key=api_key, ca=ca)
        self._writing = self._client.options(request_timeout=WRITING)
        self._prefix = prefix

    def _alias(self, kind: Kind) -> str:
        return f"{self._prefix}-{kind.value}"

    def _next(self, kind: Kind) -> str:
        return f"{self._prefix}-{kind.value}-next"

    # Writing

    def put(self, kind: Kind, documents: Iterable[Document]) -> None:
        """Write documents, also into an index that is being built."""
        waiting = iter(documents)
        while some := list(islice(waiting, _BULK)):
            self._write(kind, [_index(document, self.spaces) for document in some])

    def put_next(self, kind: Kind, documents: Iterable[Document]) -> None:
        """Write documents into the index that is being built, and nowhere else."""
        waiting = iter(documents)
        while some := list(islice(waiting, _BULK)):
            operations = [_index(document, self.spaces) for document in some]
            self._bulk(self._next(kind), operations, missing_is_fine=False)

    def remove(self, kind: Kind, versions: Mapping[str, int]) -> None:
        """Leave marks in place of documents, unless a newer version is stored."""
        waiting = iter(versions.items())
        while some := list(islice(waiting, _BULK * 10)):
            self._write(kind, [_mark(identity, version) for identity, version in some])

    def _write(
        self, kind: Kind, operations: Sequence[tuple[dict[str, Any], dict[str, Any]]]
    ) -> None:
        """Write to the index being built first: if it took over meanwhile, the alias shows it."""
        self._bulk(self._next(kind), operations, missing_is_fine=True)
        if not self._bulk(self._alias(kind), operations, missing_is_fine=True):
            self._create_first(kind)
            self._bulk(self._alias(kind), operations, missing_is_fine=False)

    def _bulk(
        self,
        alias: str,
        operations: Sequence[tuple[dict[str, Any], dict[str, Any]]],
        *,
        missing_is_fine: bool,
    ) -> bool:
        """Send operations; say whether the alias was there. Version conflicts are as wanted."""
        lines = [line for operation in operations for line in operation]
        with answering():
            answer = self._writing.bulk(index=alias, operations=lines, require_alias=True)
        if not answer["errors"]:
            return True
        results = [result for item in answer["items"] for result in item.values()]
        failed = [
            result
            for result in results
            if result["status"] >= _ERROR and result["status"] != _CONFLICT
        ]
        if missing_is_fine and any(result["status"] == _MISSING for result in failed):
            return False
        if failed:
            message = f"Elasticsearch did not take a document: {failed[0]['error']}"
            raise SearchUnavailable(message)
        return True

    def _create_first(self, kind: Kind) -> None:
        """Create the first index of a kind; another process may be doing the same."""
        name = f"{self._alias(kind)}-r{revisions.REVISION}-first"
        with answering():
            try:
                self._writing.indices.create(
                    index=name,
                    aliases={self._alias(kind): {}},
                    **revisions.index(self.spaces),
                )
            except BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise

    def refresh(self) -> None:
        """Make what was written findable now."""
        with answering():
            self._writing.indices.refresh(
                index=f"{self._prefix}-*", ignore_unavailable=True, allow_no_indices=True
            )

    @contextmanager
    def rebuild(self, kind: Kind) -> Iterator[Rebuilding]:
        """Build a fresh index; the alias moves over when the block ends well."""
        name = f"{self._alias(kind)}-r{revisions.REVISION}-{uuid.uuid4().hex[:12]}"
        with answering():
            self._drop(self._behind(self._next(kind)))
            self._writing.indices.create(
                index=name, aliases={self._next(kind): {}}, **revisions.index(self.spaces)
            )
        try:
            yield Rebuilding(self, kind)
            with answering():
                self._writing.indices.refresh(index=name)
                old = [index for index in self._behind(self._alias(kind)) if index != name]
                self._writing.indices.update_aliases(
                    actions=[
                        {"remove": {"index": name, "alias": self._next(kind)}},
                        {"add": {"index": name, "alias": self._alias(kind)}},
                        *({"remove_index": {"index": index}} for index in old),
                    ]
                )
        except BaseException:
            with answering():
                self._drop([name])
            raise

    def _behind(self, alias: str) -> list[str]:
        try:
            return list(self._client.indices.get_alias(name=alias))
        except NotFoundError:
            return []

    def _drop(self, names: Sequence[str]) -> None:
        for name in names:
            self._writing.indices.delete(index=name, ignore_unavailable=True)

    # Reading

    def search(self, query: Query, *, visible: Visible) -> Results:
        """Give one page of hits with facets and the exact total."""
        try:
            return page.search(query, visible=visible, engine=self, spaces=self.spaces)
        except StaleSpaces:
            return page.search(query, visible=visible, engine=self, spaces=())

    def run(self, kind: Kind, asks: Sequence[page.Ask]) -> Sequence[page.Answer]:
        """Answer several questions in one request."""
        answers = self._msearch(kind, [bodies.page(ask) for ask in asks])
        return [_answer(ask, answer) for ask, answer in zip(asks, answers, strict=True)]

    def _msearch(self, kind: Kind, asked: Sequence[bodies.Body]) -> list[dict[str, Any]]:
        header = {"index": self._alias(kind), "ignore_unavailable": True}
        lines: list[Any] = [line for body in asked for line in (header, body)]
        with answering():
            responses = self._client.msearch(searches=lines)["responses"]
        for response in responses:
            if "error" in response:
                require_spaces(str(response["error"]))
                message = f"Elasticsearch refused a question: {response['error']}"
                raise SearchUnavailable(message)
        return list(responses)

    def candidates(self, question: Question, *, visible: Visible) -> Candidates:
        """Give the rankings that matching fuses."""
        asked: dict[str, bodies.Body] = {}
        if question.terms or question.grams:
            asked["words"] = bodies.words(question, visible=visible)
        for space, vector in question.vectors.items():
            asked[space] = bodies.near(
                space,
                vector,
                visible=visible,
                size=question.size,
                without=question.exclude_organizations,
            )
        if not asked:
            return Candidates(rankings={})
        answers = self._msearch(question.kind, list(asked.values()))
        return Candidates(
            rankings={
                name: _scored(answer, vectors=name != "words")
                for name, answer in zip(asked, answers, strict=True)
            }
        )

    def near(
        self, kind: Kind, space: str, vector: np.ndarray, *, visible: Visible, size: int = 20
    ) -> Sequence[Scored]:
        """Give the nearest documents by cosine, best first."""
        body = bodies.near(space, vector, visible=visible, size=size)
        return _scored(self._msearch(kind, [body])[0], vectors=True)

    def fetch(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Document]:
        """Give stored documents by id."""
        if not ids:
            return {}
        with answering():
            try:
                answer = self._client.mget(index=self._alias(kind), ids=list(ids))
            except NotFoundError:
                return {}
        return {
            item["_id"]: from_json(item["_source"]["document"])
            for item in answer["docs"]
            if item.get("found") and "document" in item["_source"]
        }

    def suggest(
        self, kind: Kind, text: str, *, visible: Visible, size: int = 8
    ) -> Sequence[Suggestion]:
        """Complete what is being typed."""
        starts = prefixes(text)
        if not starts:
            return []
        return suggestions(self.vocabulary(kind, "suggestions", starts, visible=visible), size)

    def did_you_mean(self, kind: Kind, text: str, *, visible: Visible) -> str | None:
        """Give a likelier spelling, or None."""

        def known(starts: Sequence[str]) -> Mapping[str, int]:
            return dict(self.vocabulary(kind, "spellings", starts, visible=visible))

        return spelling.likelier(text, known)

    def vocabulary(
        self, kind: Kind, field: str, starts: Sequence[str], *, visible: Visible
    ) -> list[tuple[str, int]]:
        """Give the terms of a field that begin so, with the number of visible documents."""
        if not starts:
            return []
        body = bodies.vocabulary(field, starts, visible=visible, size=spelling.TERMS)
        answer = self._msearch(kind, [body])[0]
        buckets = answer.get("aggregations", {}).get("terms", {}).get("buckets", [])
        return [(bucket["key"], bucket["doc_count"]) for bucket in buckets]

    def versions(self, kind: Kind) -> Iterator[tuple[str, int]]:
        """Give every stored id with its version, by id."""
        after: str | None = None
        while True:
            hits = self._msearch(kind, [bodies.versions(after, _PAGE)])[0]["hits"]["hits"]
            for hit in hits:
                yield hit["_id"], hit["_version"]
            if len(hits) < _PAGE:
                return
            after = hits[-1]["_id"]

    def health(self) -> Health:
        """Say whether the cluster answers; never raises."""
        try:
            with answering():
                status = self._client.cluster.health()["status"]
                counts = {kind.value: self._count(kind) for kind in Kind}
        except SearchUnavailable as error:
            return Health(ok=False, engine=self.name, message=str(error))
        return Health(ok=status != "red", engine=self.name, counts=counts, message=status)

    def _count(self, kind: Kind) -> int:
        answer = self._client.count(
            index=self._alias(kind), query=bodies.LIVE, ignore_unavailable=True
        )
        return int(answer["count"])

    def forget_everything(self) -> None:
        """Delete every index under this prefix: for tests and for measuring."""
        with answering():
            self._drop(list(self._client.indices.get(index=f"{self._prefix}-*")))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


class Rebuilding:
    """Fills an index that does not answer yet."""

    def __init__(self, engine: ElasticEngine, kind: Kind) -> None:
        self._engine = engine
        self._kind = kind

    def put(self, documents: Iterable[Document]) -> None:
        """Write documents into the fresh index only."""
        self._engine.put_next(self._kind, documents)


def _index(
    document: Document, spaces: Sequence[VectorSpace]
) -> tuple[dict[str, Any], dict[str, Any]]:
    return _action(document.id, document.version), bodies.source(document, spaces)


def _mark(identity: str, version: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return _action(identity, version), bodies.mark(identity)


def _action(identity: str, version: int) -> dict[str, Any]:
    return {"index": {"_id": identity, "version": version, "version_type": "external_gte"}}


def _answer(ask: page.Ask, answer: Mapping[str, Any]) -> page.Answer:
    aggregations = answer.get("aggregations", {})
    return page.Answer(
        hits=[(hit["_id"], float(hit["_score"] or 0.0)) for hit in answer["hits"]["hits"]],
        total=answer["hits"]["total"]["value"],
        facets={
            name: {
                bucket["key"]: bucket["doc_count"]
                for bucket in aggregations[name]["values"]["buckets"]
            }
            for name in ask.facets
            if name in aggregations
        },
    )


def _scored(answer: Mapping[str, Any], *, vectors: bool) -> list[Scored]:
    return [
        Scored(hit["_id"], bodies.cosine(hit["_score"]) if vectors else float(hit["_score"]))
        for hit in answer["hits"]["hits"]
    ]
