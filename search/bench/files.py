"""Reads what a measurement works on: records and the needs that they answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from search import analysis
from search.documents import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


class BadFile(Exception):
    """A file can't be measured with; the message says where and how to mend it."""


@dataclass(frozen=True)
class Need:
    """A question in somebody's own words, and the one record that answers it."""

    answer: str
    language: str
    text: str

    def document(self, number: int) -> Document:
        """Give the need as matching sees it."""
        return Document(
            kind=Kind.NEED,
            id=f"need-{number}",
            version=1,
            title=self.text,
            language=self.language,
        )


def read_corpus(paths: Iterable[Path]) -> list[Document]:
    """Read records from JSON Lines; raises BadFile."""
    documents: dict[str, Document] = {}
    for path in paths:
        for number, line in _lines(path):
            document = _document(path, number, line)
            if document.id in documents:
                raise BadFile(f"{path}, line {number}: the id {document.id!r} stands there twice")
            documents[document.id] = document
    if not documents:
        raise BadFile("The corpus holds no record")
    return list(documents.values())


def read_needs(path: Path, documents: Sequence[Document]) -> list[Need]:
    """Read needs: id of the answer, language and text, separated by tabs; raises BadFile."""
    known = {document.id for document in documents}
    needs: list[Need] = []
    for number, line in _lines(path):
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) != 3 or not all(parts):  # noqa: PLR2004 — the three columns
            raise BadFile(
                f"{path}, line {number}: expected id, language and text, separated by tabs"
            )
        need = Need(*parts)
        if need.answer not in known:
            raise BadFile(f"{path}, line {number}: no corpus holds a record {need.answer!r}")
        needs.append(need)
    if not needs:
        raise BadFile(f"{path} holds no need")
    return needs


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFile(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path} is not UTF-8: byte {error.start} is wrong") from error
    for number, line in enumerate(text.split("\n"), 1):
        content = line.removesuffix("\r")
        if content.strip():
            yield number, content


def _document(path: Path, number: int, line: str) -> Document:
    try:
        found: Any = json.loads(line)
    except ValueError as error:
        raise BadFile(f"{path}, line {number}: no JSON object ({error})") from error
    if not isinstance(found, dict):
        raise BadFile(f"{path}, line {number}: no JSON object")
    values = {key: _text(found.get(key), path, number, key) for key in ("id", "title", "abstract")}
    for key in ("id", "title"):
        if not values[key]:
            raise BadFile(f"{path}, line {number}: {key!r} is missing or empty")
    keywords = found.get("keywords") or []
    if not isinstance(keywords, list):
        raise BadFile(f"{path}, line {number}: 'keywords' must be a list of texts")
    discipline = _text(found.get("discipline"), path, number, "discipline")
    return Document(
        kind=Kind.LISTING,
        id=values["id"],
        version=1,
        title=values["title"],
        body=values["abstract"],
        keywords=tuple(_text(keyword, path, number, "keywords") for keyword in keywords),
        fields=(discipline,) if discipline else (),
        language=analysis.language(f"{values['title']} {values['abstract']}"),
    )


def _text(value: object, path: Path, number: int, key: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadFile(f"{path}, line {number}: {key!r} must be a text")
    return str(value).strip()
