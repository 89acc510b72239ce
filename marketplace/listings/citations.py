"""How to cite a listing: GB/T 7714-2015, BibTeX and RIS."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What a reference names; ``key`` is a short ASCII name of the record."""

    key: str
    title: str
    authors: tuple[str, ...]
    organization: str
    publisher: str
    published_on: date
    cited_on: date
    address: str


#: GB/T 7714 names three authors, then "et al."
_NAMED = 3


def national(citation: Citation, *, language: str) -> str:
    """Give the reference by GB/T 7714-2015 for an online record ([DB/OL])."""
    authors = list(citation.authors[:_NAMED]) or [citation.organization]
    if len(citation.authors) > _NAMED:
        authors.append("等" if language == "zh" else "et al")
    comma = ", "
    return (
        f"{comma.join(authors)}. {citation.title}[DB/OL]. {citation.publisher}, "
        f"{citation.published_on.isoformat()}[{citation.cited_on.isoformat()}]. "
        f"{citation.address}."
    )


def bibtex(citation: Citation) -> str:
    """Give a BibTeX entry; signs with a meaning in TeX are escaped."""
    fields = {
        "title": "{" + _tex(citation.title) + "}",
        "author": " and ".join("{" + _tex(name) + "}" for name in citation.authors)
        or "{" + _tex(citation.organization) + "}",
        "institution": _tex(citation.organization),
        "publisher": _tex(citation.publisher),
        "year": str(citation.published_on.year),
        "date": citation.published_on.isoformat(),
        "url": re.sub(r"[{}\\]", "", citation.address),
        "urldate": citation.cited_on.isoformat(),
    }
    body = "\n".join(f"  {name} = {{{value}}}," for name, value in fields.items())
    return f"@misc{{{citation.key},\n{body}\n}}\n"


_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: "\\" + sign for sign in "&%$#_"},
}


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in " ".join(text.split()))


def ris(citation: Citation) -> str:
    """Give an RIS record; line breaks inside values would start a new tag, so they fall out."""
    day = citation.published_on
    lines = [
        ("TY", "DBASE"),
        ("TI", citation.title),
        *(("AU", name) for name in citation.authors or (citation.organization,)),
        ("AD", citation.organization),
        ("PB", citation.publisher),
        ("PY", str(day.year)),
        ("DA", f"{day:%Y/%m/%d}"),
        ("UR", citation.address),
        ("Y2", f"{citation.cited_on:%Y/%m/%d}"),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines)
