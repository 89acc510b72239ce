"""What is typed into the search box: words and operators, read into plain values.

``"a phrase"``, ``-without``, ``NOT without``, ``this OR that`` and ``field:word`` are operators.
What can't be parsed is read as plain words, and a notice says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from search import synonyms
from search.analysis import clean, fold, grams, is_han, number_key, segment, stem, stop_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: Longer queries are cut here (characters).
QUERY_LIMIT: Final = 500
#: Words beyond these are not asked for.
WORDS_LIMIT: Final = 32
#: Characters of a chunk that make it a number (of a patent and the like).
_DIGITS_OF_NUMBER: Final = 5

# Message ids; the page translates them.
MISSING_QUOTE: Final = "A quotation mark is missing its partner, so the query was read as words."
DANGLING: Final = "An operator stands without a word beside it, so the query was read as words."
TOO_LONG: Final = "The query is too long; only its beginning was read."
NOTICES: Final = (MISSING_QUOTE, DANGLING, TOO_LONG)

#: What may stand before a colon, and the field it asks.
FIELDS: Final = {
    "title": "title",
    "标题": "title",
    "题目": "title",
    "keyword": "keywords",
    "keywords": "keywords",
    "关键词": "keywords",
    "org": "names",
    "organization": "names",
    "name": "names",
    "机构": "names",
    "单位": "names",
    "姓名": "names",
    "人名": "names",
    "number": "numbers",
    "patent": "numbers",
    "编号": "numbers",
    "专利号": "numbers",
}

_QUOTES: Final = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "「": '"', "」": '"', "『": '"', "』": '"', "＂": '"', "：": ":"}
)
_NUMBER: Final = re.compile(r"[A-Za-z]{0,4}[\d./-]+[A-Za-z]?\d?")
_CHUNK: Final = re.compile(
    r"""(?P<minus>[-\uff0d](?=[^\s-]))?
        (?:(?P<field>[^\W\d_]+):(?=\S))?
        (?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Word:
    """One word of the query with everything that counts as it."""

    #: As indexed among words; empty when it is several of them.
    token: str
    #: As typed (folded); names are not stemmed.
    raw: str
    #: The row of grams that a text holding it has.
    phrase: tuple[str, ...] = ()
    #: Parts of a long Chinese word, as indexed.
    parts: tuple[str, ...] = ()
    #: Rows of grams of other terms that mean the same.
    synonyms: tuple[tuple[str, ...], ...] = ()
    #: Comparable form when it looks like a number of a right.
    number: str = ""


@dataclass(frozen=True)
class Atom:
    """A word group or a phrase, asked of one field or of all."""

    words: tuple[Word, ...] = ()
    phrase: tuple[str, ...] = ()
    field: str | None = None
    number: str = ""


@dataclass(frozen=True)
class Parsed:
    """A query as read: plain words, and what must and must not stand beside them."""

    words: tuple[Word, ...] = ()
    #: Each group is alternatives, one of which must hold.
    required: tuple[tuple[Atom, ...], ...] = ()
    excluded: tuple[Atom, ...] = ()
    tokens: tuple[str, ...] = ()
    notice: str | None = None
    #: Whether nothing at all was typed.
    blank: bool = False
    plain: str = field(default="", compare=False)


def parse(text: str) -> Parsed:
    """Read a query; never fails."""
    cleaned = clean(text[: QUERY_LIMIT * 4])
    notice = TOO_LONG if len(cleaned) > QUERY_LIMIT or len(text) > QUERY_LIMIT * 4 else None
    cleaned = cleaned[:QUERY_LIMIT].translate(_QUOTES)
    if not cleaned:
        return Parsed(blank=True)
    if cleaned.count('"') % 2:
        return _plain(cleaned.replace('"', " "), notice or MISSING_QUOTE)
    try:
        return _read(cleaned, notice)
    except _DanglingError:
        return _plain(_without_operators(cleaned), notice or DANGLING)


class _DanglingError(Exception):
    """An operator has nothing to work on."""


def _plain(text: str, notice: str | None) -> Parsed:
    words = tuple(read_words(text))
    return Parsed(words=words, tokens=_tokens(words), notice=notice, plain=text)


def _without_operators(text: str) -> str:
    kept = (part for part in text.replace('"', " ").split() if part not in {"OR", "NOT", "AND"})
    return " ".join(part.lstrip("-－").rstrip(":") for part in kept)


@dataclass
class _Reading:
    """Collects the parts of a query from left to right."""

    plain: list[str] = field(default_factory=list)
    groups: list[list[Atom]] = field(default_factory=list)
    excluded: list[Atom] = field(default_factory=list)
    #: The last positive part, so that OR can join it: its text when plain, else its atom.
    last: str | Atom | None = None

    def take(self, atom: Atom, text: str, *, without: bool, alternative: bool) -> None:
        """Put a chunk where it belongs; one that holds no letter is passed over."""
        if not (atom.words or atom.phrase or atom.number):
            return
        if without:
            self.excluded.append(atom)
        elif alternative:
            self.join(atom)
        elif atom.field is None and not atom.phrase:
            self.plain.append(text)
            self.last = text
        else:
            self.take_group(atom)

    def take_group(self, atom: Atom) -> None:
        self.groups.append([atom])
        self.last = atom

    def join(self, atom: Atom) -> None:
        """Make an atom an alternative of the part before it."""
        if self.last is None:
            raise _DanglingError
        if isinstance(self.last, str):
            self.plain.pop()
            self.take_group(Atom(words=tuple(read_words(self.last))))
        self.groups[-1].append(atom)


def _read(text: str, notice: str | None) -> Parsed:
    reading = _Reading()
    negative = alternative = False
    for match in _CHUNK.finditer(text):
        word = match["word"]
        if word in {"OR", "|", "NOT", "AND"} and not match["minus"] and not match["field"]:
            if negative or alternative:
                raise _DanglingError
            negative = word == "NOT"
            alternative = word in {"OR", "|"}
            continue
        without = negative or match["minus"] is not None
        if without and alternative:
            raise _DanglingError
        atom = _atom(match)
        reading.take(atom, match.group(), without=without, alternative=alternative)
        negative = alternative = False
    if negative or alternative:
        raise _DanglingError
    plain = " ".join(reading.plain)
    words = tuple(read_words(plain))[:WORDS_LIMIT]
    required = tuple(tuple(group) for group in reading.groups)
    return Parsed(
        words=words,
        required=required,
        excluded=tuple(reading.excluded),
        tokens=_tokens(words, [atom for group in required for atom in group]),
        notice=notice,
        plain=plain,
    )


def _atom(match: re.Match[str]) -> Atom:
    """Read one chunk; an unknown field name is part of the word."""
    name = match["field"]
    asked = FIELDS.get(fold(name)) if name else None
    content = match["phrase"] if match["phrase"] is not None else match["word"]
    if name and asked is None:
        content = f"{name} {content}"
    if asked == "numbers":
        return Atom(field=asked, number=number_key(content))
    if match["phrase"] is not None and (asked or not name):
        return Atom(phrase=tuple(grams(content)), field=asked)
    return Atom(words=tuple(read_words(content)), field=asked)


def _tokens(words: Sequence[Word], atoms: Sequence[Atom] = ()) -> tuple[str, ...]:
    """Give what highlighting marks: words, synonyms and phrases as rows of grams."""
    found: dict[str, None] = {}
    every = [*words, *(word for atom in atoms for word in atom.words)]
    for word in every:
        for row in (word.phrase, *word.synonyms):
            found[" ".join(row)] = None
        for part in word.parts:
            found[" ".join(grams(part))] = None
    for atom in atoms:
        if atom.phrase:
            found[" ".join(atom.phrase)] = None
    return tuple(found)


def read_words(text: str) -> Iterator[Word]:
    """Cut plain text into the words a document is asked for, at most ``WORDS_LIMIT``."""
    count = 0
    for part in _parts(text):
        for word in [_number(part)] if _is_number(part) else _cut(part):
            count += 1
            if count > WORDS_LIMIT:
                return
            yield word


def _parts(text: str) -> Iterator[str]:
    """Give numbers by themselves and the words between them together."""
    between: list[str] = []
    for chunk in text.split():
        if _is_number(chunk):
            if between:
                yield " ".join(between)
            between = []
            yield chunk
        else:
            between.append(chunk)
    if between:
        yield " ".join(between)


def _is_number(chunk: str) -> bool:
    return (
        _NUMBER.fullmatch(chunk) is not None
        and sum(character.isdigit() for character in chunk) >= _DIGITS_OF_NUMBER
    )


def _number(chunk: str) -> Word:
    key = number_key(chunk)
    return Word(token=key, raw=key, phrase=tuple(grams(chunk)), number=key)


def _cut(text: str) -> Iterator[Word]:
    found = segment(fold(text))
    stop = stop_words()
    words = [token.text for token in found]
    kept = [word for word in words if word not in stop] or words
    if kept is not words:
        words = _kept_in_terms(words, stop)
    terms = {begin: (end, others) for begin, end, others in synonyms.found_in(words)}
    at = 0
    while at < len(words):
        end, others = terms.get(at, (_end_of_singles(words, at, terms), ()))
        piece = words[at:end]
        at = end
        if len(piece) == 1 and piece[0] in stop and len(words) > 1:
            continue
        yield _word(piece, others)


def _kept_in_terms(words: list[str], stop: frozenset[str]) -> list[str]:
    """Drop stop words that stand in no term ("internet of things" keeps its "of")."""
    inside = {
        position
        for begin, end, _others in synonyms.found_in(words)
        for position in range(begin, end)
    }
    return [word for at, word in enumerate(words) if at in inside or word not in stop]


def _end_of_singles(words: Sequence[str], at: int, terms: Mapping[int, tuple[int, object]]) -> int:
    """Take single Chinese characters in a row together: a word the dictionary does not know."""
    end = at + 1
    while (
        _is_single(words[end - 1])
        and end < len(words)
        and _is_single(words[end])
        and end not in terms
    ):
        end += 1
    return end


def _is_single(word: str) -> bool:
    return len(word) == 1 and is_han(word)


def _word(piece: Sequence[str], others: Sequence[str]) -> Word:
    rows = tuple(tuple(found) for found in synonyms.phrases(others))
    if len(piece) == 1:
        text = piece[0]
        return Word(
            token=stem(text), raw=text, phrase=tuple(grams(text)), parts=_inner(text), synonyms=rows
        )
    text = _joined(piece)
    parts = tuple(stem(word) for word in piece if word not in stop_words())
    return Word(token="", raw=text, phrase=tuple(grams(text)), parts=parts, synonyms=rows)


def _inner(text: str) -> tuple[str, ...]:
    """Give the shortest words inside a long Chinese one, if together they make up all of it."""
    inside = [part for part in segment(text, fine=True) if part.text != text]
    shortest = [
        part
        for part in inside
        if not any(
            other != part and part.start <= other.start and other.end <= part.end
            for other in inside
        )
    ]
    covered = {at for part in shortest for at in range(part.start, part.end)}
    return tuple(part.text for part in shortest) if len(covered) == len(text) else ()


def _joined(piece: Sequence[str]) -> str:
    return ("" if all(is_han(word) for word in piece) else " ").join(piece)
