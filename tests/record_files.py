"""Builds files as universities, enterprises and attackers send them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from openpyxl import Workbook

if TYPE_CHECKING:
    from pathlib import Path

TYPES = "[Content_Types].xml"


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def archive(path: Path, parts: dict[str, bytes | str], *, types: str = "<Types/>") -> Path:
    """A zip with the parts of a workbook, packed as tightly as an attacker likes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        target.writestr(TYPES, types)
        for name, content in parts.items():
            target.writestr(name, content)
    return write(path, buffer.getvalue())
