"""What of a document is indexed under which field: the same for both engines."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from search.analysis import (
    analyse_once,
    clean,
    fold,
    grams,
    is_han,
    name_tokens,
    number_key,
    romanized,
    stop_words,
    syllables,
)
from search.queries import price_band

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from search.documents import Document

#: Joins a suggestion's key, its text and its kind.
SEPARATOR: Final = "\x1f"
#: Bits of the hash that breaks ties between documents of one moment.
_TIE_BITS: Final = 29
_FAR: Final = (1 << 62) - 1
_SUGGESTION_LIMIT: Final = 120
_WORD_LIMIT: Final = 6
_NUMBER_PREFIX: Final = re.compile(r"^[a-z]+")
_MIN_ENGLISH: Final = 4


@dataclass(frozen=True, slots=True)
class Fields:
    """Tokens by word field, values by facet, and the numbers that sorts look at."""

    #: Field name → tokens of each of its values; phrases never run from one value into the next.
    words: Mapping[str, tuple[list[str], ...]]
    facets: Mapping[str, tuple[str, ...]]
    suggestions: tuple[str, ...]
    spellings: tuple[str, ...]
    newest: int
    soonest: int


def index_fields(document: Document) -> Fields:
    """Analyse a document."""
    titles = [text for text in (document.title, document.title_en) if text]
    keywords = [*document.keywords, *document.keywords_en]
    summaries = [text for text in (document.summary, document.summary_en) if text]
    bodies = [text for text in (document.body, document.body_en) if text]
    names = [*document.names, *([document.organization_name] if document.organization_name else [])]
    title, keyword, summary, body = (
        [analyse_once(text) for text in texts] for texts in (titles, keywords, summaries, bodies)
    )
    every = [*title, *keyword, *summary, *body]
    return Fields(
        words={
            "title": tuple(one.words for one in title),
            "keywords": tuple(one.words for one in keyword),
            "text": tuple(one.words for one in every),
            "title_grams": tuple(one.grams for one in title),
            "keywords_grams": tuple(one.grams for one in keyword),
            "grams": tuple(one.grams for one in every),
            "characters": (sorted(set[str]().union(*(one.characters for one in every))),),
            "names": tuple([*name_tokens(name), *grams(name)] for name in names),
            "numbers": tuple(list(_number_keys(number)) for number in document.numbers),
        },
        facets=facet_values(document),
        suggestions=tuple(dict.fromkeys(_suggestions(titles, keywords, names))),
        spellings=tuple(_spellings(set[str]().union(*(one.vocabulary for one in every)))),
        newest=newest_key(document),
        soonest=soonest_key(document),
    )


def _number_keys(number: str) -> Iterator[str]:
    """Give a number as written, without its leading letters, and without its check digit."""
    whole = number_key(number)
    bare = _NUMBER_PREFIX.sub("", whole)
    keys = [whole, bare]
    body, dot, check = fold(number).rpartition(".")
    if dot and len(check) == 1:
        keys += [number_key(body), _NUMBER_PREFIX.sub("", number_key(body))]
    yield from dict.fromkeys(key for key in keys if key)


def facet_values(document: Document) -> dict[str, tuple[str, ...]]:
    """Give the values a document is counted under, by facet."""
    single = {
        "record_kind": document.record_kind,
        "level": document.level,
        "trl": "" if document.trl is None else str(document.trl),
        "organization_id": document.organization_id,
        "district": document.district or "",
        "price_band": price_band(document.price_minor),
        "year": "" if document.year is None else str(document.year),
    }
    return {
        **{name: (value,) if value else () for name, value in single.items()},
        "industries": document.industries,
        "fields": document.fields,
        "cooperation": document.cooperation,
        "steps": document.steps,
        "languages": document.languages,
    }


def _tie(identity: str) -> int:
    digest = hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest) >> (64 - _TIE_BITS)


def newest_key(document: Document) -> int:
    """Give what "newest" sorts by, descending: the moment of publishing, then a hash of the id."""
    moment = document.published_at
    if moment is None:
        return _tie(document.id)
    seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    return (max(seconds, 0) << _TIE_BITS) + _tie(document.id)


def soonest_key(document: Document) -> int:
    """Give what "soonest" sorts by, ascending: the due day, none last, then a hash of the id."""
    if document.due_on is None:
        return _FAR - _tie(document.id)
    return (document.due_on.toordinal() << _TIE_BITS) + _tie(document.id)


def _suggestions(
    titles: Iterable[str], keywords: Iterable[str], names: Iterable[str]
) -> Iterator[str]:
    """Give completions as key, text and kind; keywords and names also under their pinyin."""
    for kind, texts in (("title", titles), ("keyword", keywords), ("name", names)):
        for text in texts:
            shown = clean(text)
            if not shown or len(shown) > _SUGGESTION_LIMIT:
                continue
            keys = [suggestion_key(text)]
            if kind != "title":
                keys += romanized(text)
            for key in keys:
                yield f"{key}{SEPARATOR}{shown}{SEPARATOR}{kind}"


def suggestion_key(text: str) -> str:
    """Give what is typed in the form that completions are kept under."""
    return " ".join(fold(text).split())


def _spellings(vocabulary: Iterable[str]) -> Iterator[str]:
    """Give the vocabulary: English words as they stand, Chinese words under their pinyin."""
    return filter(None, map(_spelling, vocabulary))


@lru_cache(maxsize=300_000)
def _spelling(word: str) -> str:
    """Give a word's entry in the vocabulary, or nothing if it has none."""
    if is_han(word):
        return f"p:{''.join(syllables(word))}:{word}" if 1 < len(word) <= _WORD_LIMIT else ""
    spelled = word.isalpha() and len(word) >= _MIN_ENGLISH and word not in stop_words()
    return f"e:{word}" if spelled else ""
