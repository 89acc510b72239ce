"""What a file is, judged by what is in it; its name and the browser's word prove nothing."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import puremagic

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Callable

#: Bounds of an archive that a document consists of.
MAX_MEMBERS = 5000
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_RATIO = 200
#: Ratios below this size harm nobody: a document of blanks packs very well.
HARMLESS_BYTES = 8 * 1024 * 1024
_CHUNK = 256 * 1024
_HEAD = 4096

PDF = "application/pdf"
PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
PPTX = _OFFICE + "presentationml.presentation"
CSV, TXT = "text/csv", "text/plain"

#: Kinds that are taken, with the endings their names may have; the first is the right one.
ENDINGS: dict[str, tuple[str, ...]] = {
    PDF: ("pdf",),
    PNG: ("png",),
    JPEG: ("jpg", "jpeg"),
    WEBP: ("webp",),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    PPTX: ("pptx",),
    CSV: ("csv",),
    TXT: ("txt",),
}

#: What a person is told and a file picker offers.
ACCEPTED = ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings)

NOT_TAKEN = N_(
    "This kind of file is not taken. Send PDF, PNG, JPEG, WebP, DOCX, XLSX, PPTX, CSV or TXT."
)

#: The main part of each kind of office document, and its declared type.
_MAIN_PARTS = {
    "word/document.xml": (DOCX, f"{DOCX}.main+xml"),
    "xl/workbook.xml": (XLSX, f"{XLSX}.main+xml"),
    "ppt/presentation.xml": (PPTX, f"{PPTX}.main+xml"),
}


class FileRefused(RuleBroken):
    """The file is not taken; the message says why and what to do."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message, field="file", **values)


@dataclass(frozen=True)
class Content:
    """A file's bytes by size and a way to read them from the start."""

    size: int
    head: bytes
    open: Callable[[], io.BufferedReader]


def judge(content: Content, ending: str) -> str:
    """Give the media type of a file, or raise FileRefused."""
    head = content.head
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK"):
        return _office(content)
    image = _image(head)
    if image is not None:
        return image
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(
            N_("This is an old Office format. Save it as DOCX, XLSX, PPTX or PDF and send that.")
        )
    if ending in ("csv", "txt") and _is_text(content):
        return CSV if ending == "csv" else TXT
    raise FileRefused(NOT_TAKEN)


def require_ending(media_type: str, ending: str) -> None:
    """Refuse a name that promises another kind than the content is."""
    if ending not in ENDINGS[media_type]:
        raise FileRefused(
            N_("The name ends in “.%(ending)s”, but the content is %(kind)s. Rename the file."),
            ending=ending,
            kind=ENDINGS[media_type][0].upper(),
        )


def _image(head: bytes) -> str | None:
    signs = {b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG}
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    for start, media_type in signs.items():
        if head.startswith(start):
            # The library looks further than the first bytes; both must agree.
            found = puremagic.from_string(head, mime=True)
            return media_type if found in (media_type, "image/jpg", "image/apng") else None
    return None


def _is_text(content: Content) -> bool:
    """Whether the whole file decodes as UTF-8 or GB18030 and has no control signs."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with io.TextIOWrapper(content.open(), encoding=encoding, newline="") as lines:
                while piece := lines.read(_CHUNK):
                    if any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in piece):  # noqa: PLR2004 — control signs
                        return False
        except UnicodeDecodeError:
            continue
        return True
    return False


def _office(content: Content) -> str:
    """Judge a package of Office Open XML: one main part, no macros, no bomb."""
    try:
        with content.open() as stream, zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            _require_small(members, content.size)
            names = {member.filename for member in members}
            found = [part for part in _MAIN_PARTS if part in names]
            if len(found) != 1 or "[Content_Types].xml" not in names:
                raise FileRefused(
                    N_("ZIP archives are not taken. Unpack it and send the files one by one.")
                )
            _require_no_bomb(archive, members)
            types = archive.read("[Content_Types].xml").lower()
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise FileRefused(
            N_("The file is damaged or locked by a password. Save it anew and send that.")
        ) from error
    media_type, declared = _MAIN_PARTS[found[0]]
    macros = b"macroenabled" in types or any(
        name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names
    )
    if macros:
        raise FileRefused(N_("The file has macros. Save it without macros and send that."))
    if declared.encode() not in types:
        raise FileRefused(NOT_TAKEN)
    return media_type


def _require_small(members: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(member.file_size for member in members)
    swollen = unpacked > HARMLESS_BYTES and unpacked > size * MAX_RATIO
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or swollen:
        raise FileRefused(N_("The file unpacks to far more than it is. It is not taken."))


def _require_no_bomb(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Unpack everything once, piece by piece: what the directory says may be a lie."""
    left = MAX_UNPACKED_BYTES
    for member in members:
        with archive.open(member) as stream:
            while piece := stream.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    raise FileRefused(
                        N_("The file unpacks to far more than it is. It is not taken.")
                    )


def head_of(stream: io.BufferedReader) -> bytes:
    """Read the first bytes, by which most kinds show themselves."""
    return stream.read(_HEAD)
