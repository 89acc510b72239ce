"""Texts as tokens: the one analysis that both engines index and ask with.

Text is folded (width, case, accents, traditional to simplified), cut into words (Chinese by a
dictionary, the rest at what is no letter), and English words are stemmed. Engines see tokens
joined by spaces only, so they can't disagree.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import rjieba
import snowballstemmer
from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DATA: Final = Path(__file__).parent / "data"
#: Longer texts are cut here before they are analysed (characters).
TEXT_LIMIT: Final = 200_000
#: Longer tokens carry no meaning (characters).
TOKEN_LIMIT: Final = 64

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇\U00020000-\U0003ffff"
_TOKEN: Final = re.compile(rf"([{_HAN}]+)|(c\+\+|c#|\d+(?:\.\d+)+|[^\W_{_HAN}]+)")
_HAN_CHARACTER: Final = re.compile(rf"[{_HAN}]")
_ENGLISH: Final = re.compile(r"[a-z]{3,}")
_STEMMER: Final = snowballstemmer.stemmer("english")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a folded text: as indexed, and where it stands (characters)."""

    text: str
    start: int
    end: int


def lines(name: str) -> Iterator[str]:
    """Give the lines of a data file without comments and blanks."""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        content = line.partition("#")[0].strip()
        if content:
            yield content


def clean(text: str) -> str:
    """Take out what no text holds: control characters, lone surrogates; join white space."""
    return " ".join(
        "".join(
            " " if unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} else character
            for character in text
        ).split()
    )


class _Folding(dict[int, str]):
    """Folds one character at a time; remembers those it has seen."""

    def __missing__(self, code: int) -> str:
        composed = unicodedata.normalize("NFKC", chr(code)).casefold()
        bare = "".join(
            part
            for part in unicodedata.normalize("NFKD", composed)
            if not unicodedata.combining(part)
        )
        folded = unicodedata.normalize("NFKC", bare)
        self[code] = folded
        return folded


_FOLDING: Final = _Folding()


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> re.Pattern[str]:
    """Characters that stand in no simplified text; only texts with them are converted."""
    every = [chr(code) for code in range(0x4E00, 0xA000)]
    converted = _simplifier().convert(" ".join(every)).split(" ")
    changed = "".join(old for old, new in zip(every, converted, strict=True) if old != new)
    return re.compile(f"[{changed}]")


def simplified(text: str) -> str:
    """Turn traditional characters into simplified ones; the length stays as it is."""
    if not _traditional().search(text):
        return text
    converted: str = _simplifier().convert(text)
    if len(converted) == len(text):
        return converted
    return "".join(
        one if len(one := _simplifier().convert(character)) == 1 else character
        for character in text
    )


def fold(text: str) -> str:
    """Fold width, case, accents and traditional characters."""
    return simplified(text[:TEXT_LIMIT].translate(_FOLDING))


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """Fold, and say for every folded character where in ``text`` it came from."""
    parts: list[str] = []
    offsets: list[int] = []
    for at, character in enumerate(text[:TEXT_LIMIT]):
        folded = _FOLDING[ord(character)]
        parts.append(folded)
        offsets.extend([at] * len(folded))
    return simplified("".join(parts)), offsets


@cache
def _segmenter() -> rjieba.Jieba:
    segmenter = rjieba.Jieba()
    for word in domain_words():
        segmenter.add_word(word, None, None)
    return segmenter


@cache
def domain_words() -> tuple[str, ...]:
    """Give the Chinese terms of the field: the dictionary and the Chinese side of synonyms."""
    terms = [*lines("dictionary.txt")]
    for group in lines("synonyms.txt"):
        terms.extend(term.strip() for term in group.split("="))
    han = re.compile(rf"[{_HAN}]{{2,}}")
    return tuple(dict.fromkeys(term for term in map(fold, terms) if han.fullmatch(term)))


@cache
def stop_words() -> frozenset[str]:
    """Give the words that carry no meaning, in both languages."""
    return frozenset(fold(word) for line in lines("stopwords.txt") for word in line.split())


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Cut an English word down to its stem; others stay as they are."""
    if not _ENGLISH.fullmatch(word):
        return word
    stemmed: str = _STEMMER.stemWord(word)
    return stemmed


def is_han(token: str) -> bool:
    """Whether a token is Chinese."""
    return bool(_HAN_CHARACTER.match(token))


def runs(folded: str) -> Iterator[tuple[str, int, bool]]:
    """Give runs of Chinese characters and single other words with their start."""
    for match in _TOKEN.finditer(folded):
        han = match.group(1)
        yield match.group()[: None if han else TOKEN_LIMIT], match.start(), han is not None


def segment(folded: str, *, fine: bool = False) -> list[Token]:
    """Cut a folded text into words, stems not yet taken; ``fine`` adds the parts of long ones."""
    found: list[Token] = []
    mode = "search" if fine else "default"
    for run, start, han in runs(folded):
        if not han:
            found.append(Token(run, start, start + len(run)))
            continue
        found.extend(
            Token(word, start + begin, start + end)
            for word, begin, end in _segmenter().tokenize(run, mode, False)  # noqa: FBT003
        )
    return found


def tokens(folded: str, *, fine: bool = True) -> list[Token]:
    """Give the indexed tokens of a folded text with their places; stop words are left out."""
    stop = stop_words()
    return [
        Token(stem(token.text), token.start, token.end)
        for token in segment(folded, fine=fine)
        if token.text not in stop
    ]


def analyse(text: str, *, fine: bool = True) -> list[str]:
    """Give the tokens that a text is indexed under; ``fine`` includes parts of long words."""
    return [token.text for token in tokens(fold(text), fine=fine)]


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text analysed once for everything that is indexed of it."""

    words: list[str]
    grams: list[str]
    characters: set[str]
    #: Words as they stand, neither stemmed nor without stop words.
    vocabulary: set[str]


def analyse_once(text: str) -> Analysed:
    """Give words (fine), grams, characters and vocabulary in one pass."""
    stop, cut = stop_words(), _segmenter().tokenize
    words: list[str] = []
    pairs: list[str] = []
    characters: set[str] = set()
    vocabulary: set[str] = set()
    for run, _start, han in runs(fold(text)):
        if not han:
            stemmed = stem(run)
            pairs.append(stemmed)
            vocabulary.add(run)
            if run not in stop:
                words.append(stemmed)
            continue
        found = [word for word, _begin, _end in cut(run, "search", False)]  # noqa: FBT003
        vocabulary.update(found)
        words.extend([word for word in found if word not in stop])
        pairs.extend(_pairs(run))
        characters.update(run)
    return Analysed(words, pairs, characters, vocabulary)


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]


def grams(text: str) -> list[str]:
    """Give overlapping pairs of Chinese characters and single stems, for phrases.

    Two texts share a consecutive row of grams where one stands in the other, however either is
    cut into words: the safety net below the segmentation.
    """
    found: list[str] = []
    for run, _start, han in runs(fold(text)):
        if han:
            found.extend(_pairs(run))
        else:
            found.append(stem(run))
    return found


def language(text: str) -> str:
    """Give ``zh`` when a text has a word's worth of Chinese among its letters, else ``en``."""
    han = len(_HAN_CHARACTER.findall(text))
    other = sum(not is_han(run) for run, _start, _han in runs(fold(text)))
    return "zh" if han and han >= other else "en"


@lru_cache(maxsize=20_000)
def syllables(text: str) -> tuple[str, ...]:
    """Give the pinyin syllables of a Chinese text without tones."""
    return tuple(lazy_pinyin(text, style=Style.NORMAL, errors="ignore", v_to_u=False))


@lru_cache(maxsize=20_000)
def romanized(text: str) -> tuple[str, ...]:
    """Give pinyin written as one word and its initials; nothing when no Chinese stands there."""
    parts = syllables("".join(_HAN_CHARACTER.findall(fold(text)[:TOKEN_LIMIT])))
    if not parts:
        return ()
    return "".join(parts), "".join(part[0] for part in parts)


def name_tokens(name: str) -> list[str]:
    """Give the tokens a person's or body's name is found by: words, pinyin, initials."""
    return [*analyse(name), *romanized(name)]


def number_key(text: str) -> str:
    """Give a patent or other number as it is compared: letters and digits only."""
    return "".join(character for character in fold(text) if character.isalnum())[:TOKEN_LIMIT]


def joined(found: Sequence[str]) -> str:
    """Give tokens the way engines take them: separated by spaces."""
    return " ".join(found)
