"""The words that a record asks its counterparts by, with weights."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from search import analysis, bilingual, embedding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from search.documents import Document

#: Tokens asked at most: more cost time and say less.
LIMIT: Final = 60
#: Weights of the parts of a document; a body is long and wanders.
TITLE: Final = 1.0
KEYWORD: Final = 1.0
SUMMARY: Final = 0.7
BODY: Final = 0.4
#: An English word that has Chinese meanings counts less as it stands.
TRANSLATED: Final = 0.5


@dataclass(frozen=True, slots=True)
class Asked:
    """Weighted tokens of a question: words and grams."""

    words: Mapping[str, float]
    grams: Mapping[str, float]


def asked_by(document: Document) -> Asked:
    """Give the tokens by which the document's counterparts are asked for."""
    words: defaultdict[str, float] = defaultdict(float)
    grams: defaultdict[str, float] = defaultdict(float)
    for text, weight in _parts(document):
        if analysis.language(text) == "en":
            _add_english(text, weight, words, grams)
        else:
            _add(words, analysis.analyse(text), weight)
            _add(grams, analysis.grams(text), weight)
    for gram in small_talk():
        grams.pop(gram, None)
    return Asked(words=_strongest(words), grams=_strongest(grams))


def _parts(document: Document) -> Iterator[tuple[str, float]]:
    chinese = bool(document.title or document.summary or document.body)
    title, summary, body, keywords = (
        (document.title, document.summary, document.body, document.keywords)
        if chinese
        else (document.title_en, document.summary_en, document.body_en, document.keywords_en)
    )
    if title:
        yield title, TITLE
    yield from ((keyword, KEYWORD) for keyword in keywords)
    if summary:
        yield summary, SUMMARY
    opening = body[: max(0, embedding.QUESTION_LIMIT - len(summary))]
    if opening:
        yield opening, BODY


def _add(counts: defaultdict[str, float], tokens: list[str], weight: float) -> None:
    for token in tokens:
        counts[token] += weight


def _add_english(
    text: str, weight: float, words: defaultdict[str, float], grams: defaultdict[str, float]
) -> None:
    """Count English terms and, by their shares, what they mean in Chinese."""
    for gloss in bilingual.glosses(text[: bilingual.LIMIT]):
        as_written = weight * (TRANSLATED if gloss.meanings else 1.0)
        _add(words, analysis.analyse(gloss.term), as_written)
        _add(grams, analysis.grams(gloss.term), as_written)
        for meaning, share in gloss.meanings.items():
            for counts, tokens in (
                (words, analysis.analyse(meaning)),
                (grams, analysis.grams(meaning)),
            ):
                # A meaning of many tokens would outweigh one of few.
                _add(counts, tokens, weight * share / max(1, len(tokens)) ** 0.5)


def _strongest(counts: defaultdict[str, float]) -> Mapping[str, float]:
    best = sorted(counts.items(), key=lambda item: -item[1])[:LIMIT]
    return dict(best)


@cache
def small_talk() -> frozenset[str]:
    """Give grams of words that every need holds and no result answers by."""
    return frozenset(
        gram
        for line in analysis.lines("asking.txt")
        for word in line.split()
        for gram in analysis.grams(word)
    )
