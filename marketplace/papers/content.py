"""What a paper says: blocks of Chinese (binding) and English, each filled value with its source."""

from __future__ import annotations

import string
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Run:
    """A piece of text; ``source`` names the field it was filled from, empty for fixed words."""

    text: str
    source: str = ""


@dataclass(frozen=True)
class Filled:
    """A value as both languages show it, and the field it comes from (``terms.upfront_minor``)."""

    zh: str
    en: str
    source: str


@dataclass(frozen=True)
class Line:
    """One sentence or cell in both languages."""

    zh: tuple[Run, ...]
    en: tuple[Run, ...]

    def runs(self, language: str) -> tuple[Run, ...]:
        """Give the pieces in a language; Chinese stands in where there is no English."""
        return self.en if language == "en" and self.en else self.zh

    def text(self, language: str) -> str:
        """Give the whole text in a language."""
        return "".join(run.text for run in self.runs(language))

    @property
    def sources(self) -> frozenset[str]:
        """Names of the fields that this line quotes."""
        return frozenset(run.source for run in (*self.zh, *self.en) if run.source)


class BlockKind(StrEnum):
    """What a block is on the page."""

    HEADING = "heading"  # an unnumbered heading
    CLAUSE = "clause"  # a numbered article: 第一条, Article 1
    PARAGRAPH = "paragraph"  # running text; numbered n.m inside an article
    ITEM = "item"  # an entry of a list: (1) …
    NOTE = "note"  # a small remark, such as the article of law behind a clause
    FIELDS = "fields"  # rows of label and value
    TABLE = "table"  # the first row is the head


@dataclass(frozen=True)
class Block:
    """A part of a paper: one line of text, or rows of cells."""

    kind: BlockKind
    line: Line | None = None
    rows: tuple[tuple[Line, ...], ...] = ()

    @property
    def lines(self) -> Iterator[Line]:
        """Every line of the block in reading order."""
        if self.line is not None:
            yield self.line
        for row in self.rows:
            yield from row


@dataclass(frozen=True)
class Content:
    """A whole text before it becomes a paper."""

    title: str
    title_en: str
    blocks: tuple[Block, ...]

    @property
    def sources(self) -> frozenset[str]:
        """Names of all fields that the text was filled from."""
        return frozenset().union(*(sources_of(block) for block in self.blocks))


def sources_of(block: Block) -> frozenset[str]:
    """Names of the fields that a block quotes."""
    return frozenset().union(*(line.sources for line in block.lines))


def plain(zh: str, en: str, source: str = "") -> Line:
    """Make a line of one piece in each language."""
    return Line((Run(zh, source),), (Run(en, source),) if en else ())


def shown(filled: Filled) -> Line:
    """Make a line that is a filled value alone."""
    return plain(filled.zh, filled.en, filled.source)


def fill(zh: str, en: str, **values: Filled) -> Line:
    """Fill the places ``{name}`` of both texts; raise ValueError for a missing or unused value."""
    pieces = Line(
        tuple(_pieces(zh, {name: value.zh for name, value in values.items()}, values)),
        tuple(_pieces(en, {name: value.en for name, value in values.items()}, values)),
    )
    unused = {name for name, value in values.items() if value.source not in pieces.sources}
    if unused:
        raise ValueError(f"no place for {sorted(unused)} in {zh!r}")
    return pieces


def _pieces(template: str, texts: Mapping[str, str], values: Mapping[str, Filled]) -> Iterator[Run]:
    for fixed, name, _spec, _conversion in string.Formatter().parse(template):
        if fixed:
            yield Run(fixed)
        if name is not None:
            if name not in texts:
                raise ValueError(f"no value for {name!r} in {template!r}")
            yield Run(texts[name], values[name].source)


def heading(zh: str, en: str) -> Block:
    """Make an unnumbered heading."""
    return Block(BlockKind.HEADING, plain(zh, en))


def clause(zh: str, en: str) -> Block:
    """Make the title of a numbered article."""
    return Block(BlockKind.CLAUSE, plain(zh, en))


def paragraph(zh: str, en: str, **values: Filled) -> Block:
    """Make a paragraph with its filled values."""
    return Block(BlockKind.PARAGRAPH, fill(zh, en, **values))


def item(zh: str, en: str, **values: Filled) -> Block:
    """Make an entry of a list."""
    return Block(BlockKind.ITEM, fill(zh, en, **values))


def note(zh: str, en: str) -> Block:
    """Make a small remark."""
    return Block(BlockKind.NOTE, plain(zh, en))


def fields(*rows: tuple[tuple[str, str], Filled]) -> Block:
    """Make rows of a label (Chinese, English) and a filled value."""
    return Block(
        BlockKind.FIELDS, rows=tuple((plain(*label), shown(value)) for label, value in rows)
    )


def table(head: Sequence[tuple[str, str]], rows: Sequence[Sequence[Filled]]) -> Block:
    """Make a table with a head of (Chinese, English)."""
    return Block(
        BlockKind.TABLE,
        rows=(
            tuple(plain(*cell) for cell in head),
            *(tuple(shown(cell) for cell in row) for row in rows),
        ),
    )


def to_json(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Give blocks as they are kept and hashed."""
    return [_block_json(block) for block in blocks]


def _block_json(block: Block) -> dict[str, Any]:
    kept: dict[str, Any] = {"kind": block.kind.value}
    if block.line is not None:
        kept["line"] = _line_json(block.line)
    if block.rows:
        kept["rows"] = [[_line_json(cell) for cell in row] for row in block.rows]
    return kept


def _line_json(line: Line) -> dict[str, Any]:
    return {
        language: [
            {"text": run.text, "source": run.source} if run.source else {"text": run.text}
            for run in getattr(line, language)
        ]
        for language in LANGUAGES
    }


def from_json(kept: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Read blocks back; raise KeyError or ValueError when the rows are no blocks."""
    return tuple(
        Block(
            BlockKind(block["kind"]),
            _line(block["line"]) if "line" in block else None,
            tuple(tuple(_line(cell) for cell in row) for row in block.get("rows", ())),
        )
        for block in kept
    )


def _line(kept: Mapping[str, Any]) -> Line:
    zh, en = (
        tuple(Run(run["text"], run.get("source", "")) for run in kept[language])
        for language in LANGUAGES
    )
    return Line(zh, en)
