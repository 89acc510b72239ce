"""Terms that mean the same, also across languages; the list is ``data/synonyms.txt``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from search.analysis import fold, grams, is_han, lines, runs, stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: Words of the longest English term that is looked for.
_WORDS_LIMIT: Final = 5


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """Give for every folded term (English ones by stems) the other terms of its groups."""
    others: dict[str, list[str]] = {}
    for line in lines("synonyms.txt"):
        terms = [term for part in line.split("=") if (term := fold(part.strip()))]
        for term in terms:
            known = others.setdefault(_key(term), [])
            known.extend(other for other in terms if other != term and other not in known)
    return {key: tuple(terms) for key, terms in others.items()}


def _key(term: str) -> str:
    return "".join(stem(run) + ("" if han else " ") for run, _start, han in runs(term)).strip()


def of(term: str) -> tuple[str, ...]:
    """Give the synonyms of one whole term."""
    return groups().get(_key(fold(term)), ())


def found_in(words: Sequence[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Find terms in a row of words: begin, end (exclusive) and synonyms; longest first, no overlap.

    ``words`` are folded words as ``analysis.segment`` cuts them; several may form one term.
    """
    at = 0
    while at < len(words):
        for end in range(min(len(words), at + _WORDS_LIMIT), at, -1):
            key = _key(_written(words[at:end]))
            if key in groups():
                yield at, end, groups()[key]
                at = end
                break
        else:
            at += 1


def _written(words: Sequence[str]) -> str:
    """Join words as they are written: Chinese without spaces."""
    text = ""
    for word in words:
        space = bool(text) and not (is_han(text[-1]) and is_han(word))
        text += (" " if space else "") + word
    return text


def phrases(terms: Sequence[str]) -> list[list[str]]:
    """Give terms as rows of grams, the way a phrase is asked for."""
    return [found for term in terms if (found := grams(term))]
