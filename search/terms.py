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
LIMIT: Final = 40
#: Weights of the parts of a document; a body is long and wanders.
TITLE: Final = 1.0
KEYWORD: Final = 1.0
SUMMARY: Final = 0.7
BODY: Final = 0.4
#: An English word that has Chinese meanings counts less as it stands.
TRANSLATED: Final = 0.5
#: A Chinese word counts once through its pairs of characters, however many they are, and by this
#: as a whole; a pair across two words counts by this.
WHOLE: Final = 0.15
ACROSS: Final = 0.5
#: A word of one character or another script has no pairs; engines ask whole words in three
#: fields and pairs in one, so these look smaller than they are. Names of elements say more than
#: other single characters.
FOREIGN: Final = 0.5
SINGLE: Final = 0.25
ELEMENT: Final = 0.5
#: Chinese writes these elements and materials in one character.
ELEMENTS: Final = frozenset(
    "氢氦锂铍硼碳氮氧氟氖钠镁铝硅磷硫氯氩钾钙钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡锑碲碘氙"
    "铯钡镧铈镨钕钷钐铕钆铽镝钬铒铥镱镥铪钽钨铼锇铱铂金汞铊铅铋钋钍铀钢煤酶"
)


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
            _add_chinese(text, weight, words, grams)
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


def _add_chinese(
    text: str, weight: float, words: defaultdict[str, float], grams: defaultdict[str, float]
) -> None:
    """Count words, and pairs of characters, which also hold where words are cut otherwise."""
    folded = analysis.fold(text)
    passed = analysis.stop_words() | asking_words()
    covered: set[int] = set()
    for token in analysis.segment(folded):
        length = len(token.text)
        pairs = length - 1 if analysis.is_han(token.text) else 0
        covered.update(range(token.start, token.start + pairs))
        if token.text in passed:
            continue
        if not analysis.is_han(token.text):
            words[analysis.stem(token.text)] += weight * FOREIGN
        elif length == 1:
            words[token.text] += weight * (ELEMENT if token.text in ELEMENTS else SINGLE)
        else:
            words[token.text] += weight * WHOLE
            for at in range(pairs):
                grams[token.text[at : at + 2]] += weight / pairs
    for run, start, han in analysis.runs(folded):
        for at in range(len(run) - 1 if han else 0):
            if start + at not in covered:
                grams[run[at : at + 2]] += weight * ACROSS


def _add_english(
    text: str, weight: float, words: defaultdict[str, float], grams: defaultdict[str, float]
) -> None:
    """Count English terms and, by their shares, what they mean in Chinese."""
    for gloss in bilingual.glosses(text[: bilingual.LIMIT]):
        as_written = weight * (TRANSLATED if gloss.meanings else 1.0)
        for token in analysis.analyse(gloss.term):
            words[token] += as_written * FOREIGN
        for meaning, share in gloss.meanings.items():
            _add_chinese(meaning, weight * share, words, grams)


def _strongest(counts: Mapping[str, float]) -> Mapping[str, float]:
    best = sorted(counts.items(), key=lambda item: -item[1])[:LIMIT]
    return dict(best)


@cache
def asking_words() -> frozenset[str]:
    """Give words that every need holds and no result answers by."""
    return frozenset(word for line in analysis.lines("asking.txt") for word in line.split())
