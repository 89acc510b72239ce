"""One found record as a row of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext

from search.analysis import language as language_of
from search.highlight import highlight, snippet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from marketplace.discovery.labels import Labels
    from search.documents import Document, Kind
    from search.results import Hit

#: Characters of a row's text.
SNIPPET = 150
SNIPPET_EN = 260
#: Keywords, forms of cooperation and fields named in a row.
KEYWORDS = 6
FORMS = 3

Segments = list[tuple[str, bool]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a row shows; texts are segments with whether the query hit them, never HTML."""

    id: str
    kind: Kind
    title: Segments
    text: Segments
    keywords: Sequence[Segments]
    #: The language of title and text when it is not the reader's, as an HTML language tag.
    foreign: str | None
    #: The same for the keywords, which may lack English where the title has it.
    keywords_foreign: str | None
    record_kind: str
    organization_id: str
    organization: str
    field: str
    district: str
    trl: int | None
    level: str
    steps: Sequence[str]
    languages: Sequence[str]
    cooperation: Sequence[str]
    price_mode: str
    price_minor: int | None
    price_max_minor: int | None
    year: int | None
    published_at: datetime | None
    due_on: date | None
    is_demo: bool
    by_meaning: bool
    across: bool
    #: Where the words stand: names of the record's parts.
    reasons: Sequence[str]


def row_of(hit: Hit, tokens: Sequence[str], labels: Labels, *, searched: str = "") -> Row:
    """Show a hit in the reader's language; a record without English shows its Chinese text."""
    document = hit.document
    english = labels.language == "en" and bool(document.title_en)
    title = document.title_en if english else document.title
    written = "en" if english else document.language
    text, source = _text(document, tokens, english=english)
    keywords = document.keywords_en if english and document.keywords_en else document.keywords
    marked_title = highlight(title, tokens)
    marked_keywords = [highlight(keyword, tokens) for keyword in keywords[:KEYWORDS]]
    seen = {gettext("title"): [marked_title], gettext("keywords"): marked_keywords, source: [text]}
    return Row(
        id=document.id,
        kind=document.kind,
        title=marked_title,
        text=text,
        keywords=marked_keywords,
        foreign=_foreign(written, labels),
        keywords_foreign=_foreign(
            "en" if keywords is document.keywords_en else document.language, labels
        ),
        record_kind=labels.of("record_kind", document.record_kind),
        organization_id=document.organization_id,
        organization=labels.organization(document.organization_id, document.organization_name),
        field=", ".join(labels.of("fields", one) for one in document.fields[:1]),
        district=labels.of("district", document.district) if document.district else "",
        trl=document.trl,
        level=labels.of("level", document.level) if document.level else "",
        steps=document.steps,
        languages=[labels.of("languages", one) for one in document.languages],
        cooperation=[labels.of("cooperation", one) for one in document.cooperation[:FORMS]],
        price_mode=_mode(document),
        price_minor=document.price_minor,
        price_max_minor=document.price_max_minor,
        year=document.year,
        published_at=document.published_at,
        due_on=document.due_on,
        is_demo=document.is_demo,
        by_meaning=hit.by_meaning,
        across=hit.by_meaning and bool(searched) and language_of(searched) != written,
        reasons=[name for name, texts in seen.items() if any(map(_is_hit, texts))]
        or _reasons(document, tokens),
    )


def _foreign(written: str, labels: Labels) -> str | None:
    return None if written == labels.language else {"zh": "zh-Hans"}.get(written, written)


def _mode(document: Document) -> str:
    if document.price_minor is None:
        return "negotiable"
    if document.price_minor == 0:
        return "free"
    top = document.price_max_minor
    return "range" if top is not None and top > document.price_minor else "fixed"


def _text(document: Document, tokens: Sequence[str], *, english: bool) -> tuple[Segments, str]:
    """Give the summary, or the part of the longer text where the words stand, and which it is."""
    summary = document.summary_en if english else document.summary
    body = document.body_en if english else document.body
    size = SNIPPET_EN if english or document.language == "en" else SNIPPET
    best = snippet(summary or body, tokens, size=size)
    if summary and body and tokens and not _is_hit(best):
        other = snippet(body, tokens, size=size)
        if _is_hit(other):
            return other, gettext("full text")
    return best, gettext("summary") if summary else gettext("full text")


def _is_hit(segments: Segments) -> bool:
    return any(hit for _text, hit in segments)


def _reasons(document: Document, tokens: Sequence[str]) -> list[str]:
    """Name the parts in which words stand that the row does not show."""
    if not tokens:
        return []
    parts = {
        gettext("title"): (document.title, document.title_en),
        gettext("keywords"): (*document.keywords, *document.keywords_en),
        gettext("summary"): (document.summary, document.summary_en),
        gettext("full text"): (document.body, document.body_en),
        gettext("names"): document.names,
        gettext("numbers"): document.numbers,
    }
    return [
        name
        for name, texts in parts.items()
        if any(_is_hit(highlight(text, tokens)) for text in texts if text)
    ]
