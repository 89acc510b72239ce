"""Search results as tables and references; what a reader may find, in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.exchange import tables
from marketplace.listings.models import Listing, ListingKind
from marketplace.needs.models import NeedKind
from search.documents import Kind
from search.embedding import EmbeddingUnavailable, query_vectors
from search.engine import StaleSpaces
from search.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from marketplace.codes.code import CodeList
    from search.documents import Document
    from search.embedding import Embedder
    from search.engine import Engine
    from search.queries import Query
    from search.visibility import Visible

#: Records sent while the page waits; more become a job.
DIRECT = 5_000
#: How far any list of results reaches.
MOST = 10_000
#: Records asked of the engine at once.
PAGE = 250
BEIJING = ZoneInfo("Asia/Shanghai")
WAN_MINOR = 10_000 * 100


class ExportFormat(LabelledEnum):
    """Forms in which results leave."""

    CSV = "csv", N_("CSV, for Excel and programs")
    XLSX = "xlsx", N_("Excel workbook")
    RIS = "ris", N_("RIS, for reference managers")


MEDIA_TYPES = {
    ExportFormat.CSV: tables.CSV_TYPE,
    ExportFormat.XLSX: tables.XLSX_TYPE,
    ExportFormat.RIS: tables.RIS_TYPE,
}

_PATHS = {Kind.LISTING: "technologies", Kind.NEED: "needs"}
_LABELS: dict[str, str] = {
    member.value: member.label
    for enum in (ListingKind, NeedKind, CooperationForm)
    for member in enum
}


class Results:
    """Everything that answers a query, page by page, up to a limit."""

    def __init__(
        self, engine: Engine, embedders: Sequence[Embedder], query: Query, visible: Visible
    ) -> None:
        self._engine = engine
        self._visible = visible
        try:
            vectors = query_vectors(_meant(query.text), embedders)
        except EmbeddingUnavailable:
            vectors = {}
        self._query = replace(query, size=PAGE, page=1, vectors=vectors)

    def total(self) -> int:
        """Give how many records answer the query."""
        return self._page(1)[1]

    def documents(self, limit: int) -> Iterator[Document]:
        """Give the records in the order of the result page."""
        number, given = 1, 0
        while given < limit:
            found, _total = self._page(number)
            yield from found[: limit - given]
            given += len(found)
            if len(found) < PAGE:
                return
            number += 1

    def _page(self, number: int) -> tuple[list[Document], int]:
        query = replace(self._query, page=number)
        try:
            results = self._engine.search(query, visible=self._visible)
        except StaleSpaces:
            # Built for other models: the words alone still answer.
            self._query = replace(self._query, vectors={})
            results = self._engine.search(replace(query, vectors={}), visible=self._visible)
        return [hit.document for hit in results.hits], results.total


class Writer:
    """Writes documents in one of the forms, in one language."""

    def __init__(
        self, session: Session, *, base_url: str, language: str, translate: Callable[[str], str]
    ) -> None:
        self._session = session
        self._base = base_url + ("/en" if language == "en" else "")
        self._language = language
        self._translate = translate

    def write(
        self, path: Path, form: ExportFormat, kind: Kind, documents: Iterable[Document]
    ) -> None:
        """Write all documents into a file."""
        if form is ExportFormat.RIS:
            with path.open("w", encoding="utf-8", newline="") as stream:
                for document in documents:
                    stream.write(self.reference(document))
        elif form is ExportFormat.XLSX:
            rows = self.rows(kind, documents)
            tables.write_xlsx(path, rows, widths=(12, 50, 40, 60))
        else:
            tables.write_csv(path, self.rows(kind, documents))

    def rows(self, kind: Kind, documents: Iterable[Document]) -> Iterator[Sequence[str]]:
        """Give a line of names, then a line a document."""
        money = (
            (N_("Price (10,000 CNY)"), N_("Upper price (10,000 CNY)"))
            if kind is Kind.LISTING
            else (N_("Budget from (10,000 CNY)"), N_("Budget up to (10,000 CNY)"))
        )
        due = N_("Renewal due on") if kind is Kind.LISTING else N_("Answers wanted by")
        heads = (
            N_("Kind"),
            N_("Title"),
            N_("Title in English"),
            N_("Summary"),
            N_("Keywords"),
            N_("Organization"),
            N_("Industries"),
            N_("Disciplines"),
            N_("TRL"),
            N_("Forms of cooperation"),
            *money,
            N_("District"),
            N_("Year"),
            N_("Published on"),
            due,
            N_("Numbers"),
            N_("Link"),
        )
        yield [self._translate(head) for head in heads]
        for document in documents:
            yield self._row(document)

    def _row(self, document: Document) -> list[str]:
        return [
            self._label(document.record_kind),
            document.title,
            document.title_en,
            document.summary or document.body[:500],
            "；".join(document.keywords),
            document.organization_name,
            self._names(INDUSTRIES, document.industries),
            self._names(FIELDS, document.fields),
            _shown(document.trl),
            "；".join(self._label(form) for form in document.cooperation),
            _wan(document.price_minor),
            _wan(document.price_max_minor),
            self._names(DISTRICTS, (document.district,) if document.district else ()),
            _shown(document.year),
            _day(document.published_at),
            document.due_on.isoformat() if document.due_on else "",
            "；".join(document.numbers),
            self._link(document),
        ]

    def reference(self, document: Document) -> str:
        """Give one RIS record."""
        patent = document.record_kind == ListingKind.PATENT
        kind = "PAT" if patent else "RPRT" if document.kind is Kind.LISTING else "GEN"
        lines = [("TY", kind), ("TI", document.title)]
        if document.title_en:
            lines.append(("TT", document.title_en))
        lines += [("AU", name) for name in self._authors(document)]
        lines += [
            ("PB", document.organization_name),
            ("PY", _shown(document.year)),
            ("AB", document.summary or document.body),
            *(("KW", keyword) for keyword in document.keywords),
            *(("M1", number) for number in document.numbers),
            ("LA", document.language),
            ("UR", self._link(document)),
            ("ID", document.id),
        ]
        text = "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines if value)
        return text + "ER  - \r\n\r\n"

    def _authors(self, document: Document) -> list[str]:
        if document.kind is not Kind.LISTING:
            return []
        people = self._session.scalar(select(Listing.inventors).where(Listing.id == document.id))
        return [str(person.get("name", "")) for person in people or []]

    def _label(self, key: str) -> str:
        return self._translate(_LABELS[key]) if key in _LABELS else key

    def _names(self, known: CodeList, codes: Iterable[str]) -> str:
        return "；".join(known.label(code, self._language) for code in codes)

    def _link(self, document: Document) -> str:
        return f"{self._base}/{_PATHS[document.kind]}/{document.id}"


def _meant(text: str) -> str:
    """Give the words whose meaning is looked for, as the search page does; numbers have none."""
    parsed = parse(text)
    return "" if all(word.number for word in parsed.words) else parsed.plain


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)


def _wan(minor: int | None) -> str:
    if minor is None:
        return ""
    return f"{(Decimal(minor) / WAN_MINOR).normalize():f}"


def _day(moment: datetime | None) -> str:
    return moment.astimezone(BEIJING).date().isoformat() if moment else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
