"""A document in one language, ready to be set: numbered parts, parties, words of the frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marketplace.papers.content import Block, BlockKind, Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

BEIJING = ZoneInfo("Asia/Shanghai")
_DIGITS = "零一二三四五六七八九"
_TEN = 10


@dataclass(frozen=True)
class SheetSignature:
    """A signature as it is shown."""

    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SheetParty:
    """A party as it is shown."""

    role: str
    name: str
    code: str = ""
    address: str = ""
    is_person: bool = False
    signature: SheetSignature | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """All that stands on the pages of one document."""

    title: str
    blocks: Sequence[Block]
    language: str
    subtitle: str = ""
    remark: str = ""
    number: int = 0
    parties: Sequence[SheetParty] = ()
    sha256: str = ""
    check_url: str = ""
    is_superseded: bool = False
    is_translation: bool = False
    drawn_at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """A block in one language with its number."""

    kind: BlockKind
    label: str
    runs: tuple[Run, ...]
    rows: tuple[tuple[tuple[Run, ...], ...], ...]


def chinese_number(number: int) -> str:
    """Write 1–99 in Chinese: 一, 十二, 三十."""
    tens, ones = divmod(number, _TEN)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def laid_out(blocks: Sequence[Block], language: str) -> Iterator[Part]:
    """Number articles, their paragraphs and list entries, and choose the language."""
    article = paragraph = entry = 0
    for block in blocks:
        label = ""
        if block.kind is BlockKind.CLAUSE:
            article, paragraph, entry = article + 1, 0, 0
            label = f"Article {article}" if language == "en" else f"第{chinese_number(article)}条"
        elif block.kind is BlockKind.HEADING:
            paragraph = entry = 0
        elif block.kind is BlockKind.PARAGRAPH:
            paragraph, entry = paragraph + 1, 0
            label = f"{article}.{paragraph}" if article else ""
        elif block.kind is BlockKind.ITEM:
            entry += 1
            label = f"({entry})" if language == "en" else f"（{entry}）"
        yield Part(
            block.kind,
            label,
            block.line.runs(language) if block.line else (),
            tuple(tuple(cell.runs(language) for cell in row) for row in block.rows),
        )


_WORDS: dict[str, tuple[str, str]] = {
    "parties": ("签约各方", "Parties"),
    "code": ("统一社会信用代码", "Unified social credit code"),
    "address": ("住所", "Address"),
    "signatures": ("签署页", "Signatures"),
    "seal": ("（盖章）", "(seal)"),
    "signer": ("签署人", "Signed by"),
    "signed_on": ("签署时间", "Signed at"),
    "beijing": ("北京时间", "Beijing time"),
    "hash": ("文本指纹 SHA-256", "SHA-256 of the text"),
    "check": ("扫码核验真伪", "Scan to check"),
    "superseded": ("已被新版本取代", "Superseded by a later number"),
    "translation": (
        "",
        "Translation for reading. The Chinese text is binding.",
    ),
    "unsigned": ("未签署", "Not signed"),
    "number": ("第{number}稿", "Number {number}"),
    "page": ("第 {page} 页 共 {pages} 页", "Page {page} of {pages}"),
    "drawn": ("起草于", "Drawn up"),
}


def word(name: str, language: str) -> str:
    """Give a word of the frame; papers speak their own language, not that of the screen."""
    zh, en = _WORDS[name]
    return en if language == "en" else zh


def stamp_time(moment: datetime) -> str:
    """Show a moment in Beijing time."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
