"""Why a need and a result fit, in reasons that a person understands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from search import analysis, bilingual, embedding, synonyms, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from search.documents import Document
    from search.fusion import Fused
    from search.weights import Weights

#: Shared terms shown of one match.
TERMS_SHOWN: Final = 8
#: Shared terms that carry the whole weight of the words; fewer leave a part to the meaning.
_FULL_TERMS: Final = 3


class ReasonKind(StrEnum):
    """What a reason rests on."""

    TERMS = "terms"
    MEANING = "meaning"
    FIELD = "field"
    INDUSTRY = "industry"
    READINESS = "readiness"
    COOPERATION = "cooperation"
    BUDGET = "budget"
    PLACE = "place"


@dataclass(frozen=True)
class SharedTerm:
    """A term as the asking record writes it, and as the other does where that differs."""

    asked: str
    found: str


@dataclass(frozen=True)
class Reason:
    """What speaks for a match, and its share of all that does.

    ``values`` are codes (fields, industries, forms of cooperation, the district), a readiness
    level, or a price in minor units; ``terms`` are set for shared terms alone.
    """

    kind: ReasonKind
    share: float = 0.0
    values: tuple[str, ...] = ()
    terms: tuple[SharedTerm, ...] = ()


@dataclass(frozen=True)
class Concern:
    """A fact that speaks against a match: what the need wants, and what the result has."""

    kind: ReasonKind
    wanted: str
    found: str


@dataclass(frozen=True)
class Facts:
    """What the facts of a need and a result say for and against their match."""

    reasons: tuple[Reason, ...]
    concerns: tuple[Concern, ...]


@dataclass(frozen=True)
class Written:
    """A term of a question as written, and the tokens it may stand as elsewhere, its own first."""

    text: str
    tokens: tuple[str, ...]


def facts(*, need: Document, listing: Document) -> Facts:
    """Compare what both records state; what one of them leaves open says nothing."""
    found: list[Reason] = []
    concerns: list[Concern] = []
    for kind, wanted, offered in (
        (ReasonKind.FIELD, need.fields, listing.fields),
        (ReasonKind.INDUSTRY, need.industries, listing.industries),
        (ReasonKind.COOPERATION, need.cooperation, listing.cooperation),
    ):
        common = tuple(value for value in wanted if value in offered)
        if common:
            found.append(Reason(kind, values=common))
        elif kind is ReasonKind.COOPERATION and wanted and offered:
            concerns.append(Concern(kind, ",".join(wanted), ",".join(offered)))
    for kind, wanted_number, offered_number, fits in (
        (ReasonKind.READINESS, need.trl, listing.trl, _ready(need, listing)),
        (ReasonKind.BUDGET, _budget(need), listing.price_minor, _affordable(need, listing)),
    ):
        if wanted_number is None or offered_number is None:
            continue
        if fits:
            found.append(Reason(kind, values=(str(offered_number),)))
        else:
            concerns.append(Concern(kind, str(wanted_number), str(offered_number)))
    if need.district and need.district == listing.district:
        found.append(Reason(ReasonKind.PLACE, values=(need.district,)))
    return Facts(tuple(found), tuple(concerns))


def _ready(need: Document, listing: Document) -> bool:
    return need.trl is not None and listing.trl is not None and listing.trl >= need.trl


def _budget(need: Document) -> int | None:
    return need.price_minor if need.price_max_minor is None else need.price_max_minor


def _affordable(need: Document, listing: Document) -> bool:
    budget = _budget(need)
    return budget is not None and listing.price_minor is not None and listing.price_minor <= budget


def reasons(
    one: Fused, shared: Sequence[SharedTerm], found: Facts, weights: Weights
) -> tuple[Reason, ...]:
    """Give all reasons of a match with shares that add up to 1, strongest first.

    Words that no shared term can show belong to the meaning.
    """
    shown = min(1.0, len(shared) / _FULL_TERMS)
    by_terms = max(0.0, one.words) * shown
    by_meaning = max(0.0, one.meaning) + max(0.0, one.words) - by_terms
    parts = [(reason, weights.facts[reason.kind]) for reason in found.reasons]
    if by_terms > 0:
        parts.append((Reason(ReasonKind.TERMS, terms=tuple(shared)), by_terms))
    if by_meaning > 0 or not parts:
        parts.append((Reason(ReasonKind.MEANING), by_meaning or 1.0))
    total = sum(part for _, part in parts) or 1.0
    ordered = sorted(parts, key=lambda pair: -pair[1])
    return tuple(replace(reason, share=part / total) for reason, part in ordered)


def written_terms(document: Document) -> tuple[Written, ...]:
    """Give the terms of a document's question as written, with all they may stand as elsewhere."""
    text = embedding.question(document)
    found = {term.text: term for keyword in document.keywords for term in _chinese_terms(keyword)}
    if analysis.language(text) == "en":
        found.update({term.text: term for term in _english_terms(text)})
    else:
        found.update({term.text: term for term in _chinese_terms(text)})
    return tuple(found.values())


def _chinese_terms(text: str) -> Iterator[Written]:
    folded, offsets = analysis.fold_with_offsets(text)
    stop = analysis.stop_words() | terms.asking_words()
    for token in analysis.segment(folded):
        if token.text in stop or not _says_something(token.text):
            continue
        start, end = offsets[token.start], offsets[token.end - 1] + 1
        others = [analysis.analyse(other, fine=False) for other in synonyms.of(token.text)]
        same = [analysis.stem(token.text), *(row[0] for row in others if len(row) == 1)]
        yield Written(text[start:end], tuple(dict.fromkeys(same)))


def _english_terms(text: str) -> Iterator[Written]:
    for gloss in bilingual.glosses(text[: bilingual.LIMIT]):
        if not _says_something(gloss.term):
            continue
        rows = [analysis.analyse(meaning, fine=False) for meaning in gloss.meanings]
        own = analysis.analyse(gloss.term)
        tokens = [row[0] for row in (own, *rows) if len(row) == 1]
        if tokens:
            yield Written(gloss.term, tuple(dict.fromkeys(tokens)))


def _says_something(token: str) -> bool:
    """Whether a word alone tells a person what is shared: not so a digit or a single letter."""
    return not token.isdigit() and (len(token) > 1 or token in terms.ELEMENTS)


def shared_terms(asked: Iterable[Written], other: Document) -> tuple[SharedTerm, ...]:
    """Give the terms that stand in both records, those of the other's title and keywords first."""
    head = [other.title, other.title_en, *other.keywords, *other.keywords_en]
    rest = [other.summary, other.summary_en, other.body, other.body_en]
    places = [[(text, analysis.fold(text)) for text in texts if text] for texts in (head, rest)]
    found: list[tuple[int, int, SharedTerm]] = []
    for term in asked:
        for place, texts in enumerate(places):
            written = _written_in(term, texts)
            if written:
                found.append((place, -len(term.text), SharedTerm(term.text, written)))
                break
    found.sort(key=lambda item: item[:2])
    return tuple(term for _, _, term in found[:TERMS_SHOWN])


def _written_in(term: Written, texts: Sequence[tuple[str, str]]) -> str | None:
    """Give how a term is written in the first text that holds it, or None."""
    for token in term.tokens:
        for text, folded in texts:
            span = _span(token, folded)
            if span is not None:
                return (text if len(text) == len(folded) else folded)[slice(*span)]
    return None


def _span(token: str, folded: str) -> tuple[int, int] | None:
    """Find a token: Chinese anywhere, other words from their beginning to their end."""
    if analysis.is_han(token):
        at = folded.find(token)
        return None if at < 0 else (at, at + len(token))
    if token not in folded:
        return None
    word = re.search(rf"(?<![a-z0-9]){re.escape(token)}[a-z0-9]*", folded)
    return None if word is None else word.span()
