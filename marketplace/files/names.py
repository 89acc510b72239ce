"""Names of uploaded files, made harmless."""

from __future__ import annotations

import unicodedata

LONGEST = 200
#: Signs that mean something to file systems, shells or headers.
_RISKY = frozenset('/\\:*?"<>|;')


def clean_name(name: str) -> str:
    """Give the last part of a name without control, direction and reserved signs.

    A direction sign could show "gpj.exe" as "exe.jpg"; leading dots would hide the file.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        "_" if sign in _RISKY else sign
        for sign in unicodedata.normalize("NFC", last)
        if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    )
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = kept, ""
    room = LONGEST - len(ending) - len(dot)
    return (stem[:room].rstrip() or "file") + dot + ending.lower() if kept else "file"


def ending_of(name: str) -> str:
    """Give what stands after the last dot, in lower case."""
    return name.rpartition(".")[2].lower() if "." in name else ""
