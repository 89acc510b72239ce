"""The fonts that papers are set in: they come with the installation, not from the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pylopdf_fonts_zh_cn import sans_path, serif_path

if TYPE_CHECKING:
    from pathlib import Path

#: Running text in a Song face, headings in a Hei face, as Chinese contracts are set.
SERIF = "Noto Serif SC"
SANS = "Noto Sans SC"


def paths() -> list[Path]:
    """Give the folders that hold both faces (SIL Open Font License 1.1)."""
    return sorted({sans_path().parent, serif_path().parent})
