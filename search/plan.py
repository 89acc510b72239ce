"""What a query asks of an index, as a tree that both engines translate word for word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from search.queries import FACETS_OF

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search.queries import Query, Question
    from search.syntax import Atom, Parsed, Word
    from search.visibility import Visible


@dataclass(frozen=True, slots=True)
class Term:
    """A field holds a token."""

    field: str
    token: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field holds one of some values; does not score."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A field holds tokens one after the other."""

    field: str
    tokens: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least ``least`` parts hold; scores add up."""

    parts: tuple[Node, ...]
    least: int = 1


@dataclass(frozen=True, slots=True)
class Best:
    """At least one part holds; the best one scores, the others count a little."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unless:
    """The first holds and the second does not."""

    node: Node
    excluded: Node


@dataclass(frozen=True, slots=True)
class Keys:
    """The documents under these ids."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """All documents."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document."""


Node = Term | OneOf | Phrase | Every | Some | Best | Unless | Keys | Everything | Nothing

#: What the parts of ``Best`` that are not the best add to the score.
TIE: Final = 0.1
TITLE: Final = 3.0
KEYWORDS: Final = 2.0
#: Weights of looser ways in which a word may stand in a text.
SYNONYM: Final = 0.8
PARTS: Final = 0.6
LOOSE: Final = 0.3
NAME: Final = 2.0
NUMBER: Final = 4.0
#: Fields and weights that the words of matching are asked in.
MATCH_FIELDS: Final = (("title", 1.5), ("keywords", 1.0), ("text", 1.0))
#: Queries of so few words need all of them.
_ALL_UP_TO: Final = 2
#: Of the words of longer queries this share is enough, and less of what sentences add.
_SHORT: Final = 5
_SHARE: Final = 0.6
_SHARE_BEYOND: Final = 0.2
#: A field for phrases beside each field for words.
_GRAMS: Final = {"title": "title_grams", "keywords": "keywords_grams"}


def every(parts: Sequence[Node]) -> Node:
    """Join with "and"."""
    return parts[0] if len(parts) == 1 else Every(tuple(parts)) if parts else Everything()


def either(parts: Sequence[Node]) -> Node:
    """Join with "or"."""
    return parts[0] if len(parts) == 1 else Some(tuple(parts)) if parts else Nothing()


def needed(words: int) -> int:
    """Give how many of a query's words must stand in a document."""
    if words <= _ALL_UP_TO:
        return words
    if words <= _SHORT:
        return max(_ALL_UP_TO, round(words * _SHARE))
    return round(_SHORT * _SHARE) + round((words - _SHORT) * _SHARE_BEYOND)


def phrase(field: str, row: Sequence[str], boost: float = 1.0) -> Node:
    """Ask for a row of grams; one alone is a term."""
    if len(row) == 1:
        return Term(field, row[0], boost)
    return Phrase(field, tuple(row), boost)


def word(asked: Word, field: str | None = None) -> Node:
    """Ask for one word, in one field or anywhere, in every way that counts as it."""
    if field == "names":
        return _name(asked)
    if field is not None:
        row = _GRAMS[field]
        exact = [Term(field, asked.token)] if asked.token else []
        return Best((*exact, *_loose(asked, row, LOOSE if asked.token else 1.0)))
    ways: list[Node]
    if asked.token:
        fields: tuple[Node, ...] = (
            Term("title", asked.token, TITLE),
            Term("keywords", asked.token, KEYWORDS),
            Term("text", asked.token),
        )
        ways = [Some(fields), *_loose(asked, "grams", LOOSE)]
    else:
        fields = (
            phrase("title_grams", asked.phrase, TITLE),
            phrase("keywords_grams", asked.phrase, KEYWORDS),
            phrase("grams", asked.phrase),
        )
        ways = [Some(fields), *(phrase("grams", other, SYNONYM) for other in asked.synonyms)]
    ways.append(_name(asked))
    if asked.parts:
        ways.append(Every(tuple(Term("text", part, PARTS) for part in asked.parts)))
    if asked.number:
        ways.append(Term("numbers", asked.number, NUMBER))
    return Best(tuple(ways))


def _loose(asked: Word, row: str, boost: float) -> list[Node]:
    rows = [phrase(row, asked.phrase, boost)] if asked.phrase else []
    if row == "grams" and len(asked.raw) == 1:
        rows.append(Term("characters", asked.raw, boost))
    return [*rows, *(phrase(row, other, SYNONYM) for other in asked.synonyms)]


def _name(asked: Word) -> Node:
    tokens = dict.fromkeys(token for token in (asked.raw, asked.token) if token)
    ways: list[Node] = [Term("names", token, NAME) for token in tokens]
    if len(asked.phrase) > 1:
        ways.append(Every(tuple(Term("names", gram, NAME / 4) for gram in asked.phrase)))
    return either(ways)


def atom(asked: Atom) -> Node:
    """Ask for a phrase, a number, or all words of a group."""
    if asked.number:
        return Term("numbers", asked.number, NUMBER)
    if asked.phrase and asked.field == "names":
        return Every(tuple(Term("names", gram) for gram in asked.phrase))
    if asked.phrase:
        field = _GRAMS[asked.field] if asked.field else "grams"
        return phrase(field, asked.phrase)
    return every([word(one, asked.field) for one in asked.words])


def words(parsed: Parsed) -> Node:
    """Ask for the plain words of a query."""
    parts = tuple(word(one) for one in parsed.words)
    if len(parts) > 1:
        return Some(parts, needed(len(parts)))
    return parts[0] if parts else Nothing()


def text(parsed: Parsed, *, near: Sequence[str] = ()) -> Node:
    """Ask for all of a query; ``near`` are ids that count as holding its plain words."""
    if parsed.blank:
        return Everything()
    parts: list[Node] = [either([atom(one) for one in group]) for group in parsed.required]
    if parsed.words or near:
        plain = words(parsed)
        parts.append(either([plain, Keys(tuple(near))]) if near else plain)
    if not parts and not parsed.excluded:
        return Nothing()
    whole = every(parts)
    if not parsed.excluded:
        return whole
    return Unless(whole, either([atom(one) for one in parsed.excluded]))


def visible(viewer: Visible) -> Node | None:
    """Give the filter on what a viewer may find; None lets everything through."""
    if viewer.everything:
        return None
    ways: list[Node] = []
    if viewer.audiences:
        ways.append(OneOf("audience", tuple(sorted(viewer.audiences))))
    if viewer.organization_ids:
        ways.append(OneOf("organization_id", tuple(sorted(viewer.organization_ids))))
    return either(ways)


def chosen(query: Query, *, but: str | None = None) -> list[Node]:
    """Give the filters of the ticked facets, all but one."""
    return [OneOf(name, tuple(values)) for name, values in ticked(query).items() if name != but]


def ticked(query: Query) -> Mapping[str, tuple[str, ...]]:
    """Give the known facets that have ticked values."""
    names = FACETS_OF[query.kind]
    return {name: tuple(query.chosen[name]) for name in names if query.chosen.get(name)}


def question(asked: Question) -> Node:
    """Ask for any of the weighted tokens of a record's question."""
    parts: list[Node] = [
        Term(field, token, weight * boost)
        for token, weight in asked.terms.items()
        if weight > 0
        for field, boost in MATCH_FIELDS
    ]
    parts += [Term("grams", gram, weight) for gram, weight in asked.grams.items() if weight > 0]
    found = either(parts)
    if not asked.exclude_organizations:
        return found
    excluded = tuple(sorted(asked.exclude_organizations))
    return Unless(found, OneOf("organization_id", excluded))
