"""What a file is, judged by its content; names and types that browsers give are not believed."""

from __future__ import annotations

import codecs
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.enums import LabelledEnum
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 20
#: A workbook that unpacks to more than this was made to do harm (bytes).
UNPACKED_LIMIT = 600 * 1024 * 1024
#: Texts that all cells share are held in memory by every reader (bytes).
SHARED_LIMIT = 200 * 1024 * 1024
#: Office files are packed 5 to 20 times; bombs more than 1,000 times. Small parts may pack well.
RATIO_LIMIT = 200
RATIO_FROM = 1024 * 1024
PARTS_LIMIT = 2000

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_MACROS = ("vbaproject", "macrosheets/", "vbadata", "activex/", "embeddings/")
_MACRO_TYPES = (b"macroEnabled", b"ms-excel.addin")


class FileFormat(LabelledEnum):
    """Forms in which records come."""

    CSV = "csv", N_("Table as text (CSV, TSV)")
    XLSX = "xlsx", N_("Excel workbook (XLSX)")
    JSONL = "jsonl", N_("JSON Lines")


@dataclass(frozen=True)
class Sniffed:
    """What a file was found to be."""

    format: FileFormat
    encoding: str = "utf-8"
    delimiter: str = ","


def sniff(path: Path) -> Sniffed:
    """Judge a file; raise RuleBroken that says what it is and how to mend it."""
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise RuleBroken(N_("The file is empty. Export it again with its rows."), field="file")
    if head.startswith(_ZIP):
        _judge_workbook(path)
        return Sniffed(FileFormat.XLSX)
    if head.startswith(_OLD_OFFICE):
        raise RuleBroken(
            N_(
                "This is an old or encrypted Office file. Open it in Excel or WPS and save it as "
                "“Excel workbook (.xlsx)” without a password."
            ),
            field="file",
        )
    encoding = _encoding(path, head)
    text = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        return Sniffed(FileFormat.JSONL, encoding)
    if text.startswith("["):
        raise RuleBroken(
            N_(
                "The file is one JSON list. Write one JSON object a line instead (JSON Lines), "
                "without brackets and commas around them."
            ),
            field="file",
        )
    return Sniffed(FileFormat.CSV, encoding, _delimiter(text))


def _judge_workbook(path: Path) -> None:
    """Refuse what is no plain workbook, before anything of it is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            types = _content_types(archive)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, KeyError) as error:
        raise RuleBroken(
            N_(
                "The file is damaged or no Excel workbook. Open it in Excel or WPS and save it "
                "again as .xlsx; a zip with tables must be unpacked first."
            ),
            field="file",
        ) from error
    names = [part.filename.lower() for part in parts]
    if any(mark in name for name in names for mark in _MACROS) or any(
        mark in types for mark in _MACRO_TYPES
    ):
        raise RuleBroken(
            N_(
                "The workbook holds macros or embedded objects, which are not accepted. Save it "
                "as “Excel workbook (.xlsx)” without macros."
            ),
            field="file",
        )
    if "xl/workbook.xml" not in names:
        raise RuleBroken(
            N_("The file is a zip, but no Excel workbook. Unpack it and send the table in it."),
            field="file",
        )
    if (
        len(parts) > PARTS_LIMIT
        or any(_explodes(part) for part in parts)
        or (sum(part.file_size for part in parts) > UNPACKED_LIMIT)
    ):
        raise RuleBroken(
            N_(
                "The workbook unpacks to far more than its size and was not opened. Save the "
                "table alone as CSV and send that."
            ),
            field="file",
        )


def _content_types(archive: zipfile.ZipFile) -> bytes:
    part = archive.getinfo("[Content_Types].xml")
    if part.file_size > CHUNK:
        raise zipfile.BadZipFile(part.filename)
    return archive.read(part)


def _explodes(part: zipfile.ZipInfo) -> bool:
    if part.filename.lower().endswith("sharedstrings.xml") and part.file_size > SHARED_LIMIT:
        return True
    return part.file_size > max(RATIO_FROM, part.compress_size * RATIO_LIMIT)


#: Texts by their bytes, but never a table: PDF, RTF, PostScript.
_NO_TABLES = (b"%PDF-", b"{\\rtf", b"%!PS")


def _encoding(path: Path, head: bytes) -> str:
    """Find the encoding by reading the whole file once."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif b"\x00" in head or head.startswith(_NO_TABLES):
        raise RuleBroken(
            N_("The file holds no text. Send a CSV, Excel (.xlsx) or JSON Lines file."),
            field="file",
        )
    else:
        candidates = ["utf-8-sig", "gb18030"]
    line = 1
    for encoding in candidates:
        fault = _first_fault(path, encoding)
        if fault is None:
            return encoding
        line = max(line, fault)
    raise RuleBroken(
        N_(
            "Line %(line)s can be read neither as UTF-8 nor as GB18030. Save the file as UTF-8 "
            "(in Excel: “CSV UTF-8”)."
        ),
        field="file",
        line=line,
    )


def _first_fault(path: Path, encoding: str) -> int | None:
    """Give the number of the first line that does not decode, or None."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            try:
                lines += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                return lines + error.object[: error.start].count(b"\n")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return lines
    return None


def _delimiter(text: str) -> str:
    """Give the sign that splits the first lines most evenly."""
    lines = [line for line in text.splitlines()[:20] if line.strip()][:10]
    # The last line of the sample may be cut off.
    lines = lines[:-1] or lines
    best, found = 0, ","
    for sign in ("\t", ",", ";"):
        count = min((line.count(sign) for line in lines), default=0)
        if count > best or (sign == "\t" and count):
            best, found = count, sign
            if sign == "\t":
                break
    return found
