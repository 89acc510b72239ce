"""Codes with names in two languages, and lists of them that can be searched."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass(frozen=True)
class Code:
    """One entry of a code list; a retired code keeps its name but is no longer offered."""

    code: str
    zh: str
    en: str
    parent: str | None = None
    retired: bool = False

    def name(self, language: str) -> str:
        """Give the Chinese name for any Chinese language tag, else the English one."""
        return self.zh if language.lower().startswith("zh") else self.en


def folded(text: str) -> str:
    """Give a text without differences of case, character width and blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


class CodeList:
    """A named list of codes in a fixed order; ``aliases`` are further names for ``find``.

    Raises ValueError for a code given twice, a parent that does not stand before its children,
    and an alias of an unknown code, so a slip in the data is found when the program starts.
    """

    def __init__(
        self, name: str, codes: Iterable[Code], aliases: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._codes: dict[str, Code] = {}
        self._children: dict[str, list[Code]] = {}
        for code in codes:
            self._add(code)
        self._by_name = self._names(aliases or {})

    def _add(self, code: Code) -> None:
        if code.code in self._codes:
            raise ValueError(f"{self.name}: {code.code} is given twice")
        if code.parent is not None:
            # Parents come first, which also rules out circles.
            if code.parent not in self._codes:
                raise ValueError(f"{self.name}: {code.code} stands before its parent")
            self._children.setdefault(code.parent, []).append(code)
        self._codes[code.code] = code

    def _names(self, aliases: Mapping[str, str]) -> dict[str, Code]:
        # What comes first keeps the name: live codes before retired ones, then the finer code
        # before its parent, then the earlier of equals; real names before aliases.
        names: dict[str, Code] = {}
        for code in sorted(self, key=lambda code: (code.retired, -len(self.ancestors(code.code)))):
            for name in (code.zh, code.en):
                names.setdefault(folded(name), code)
        for alias, key in aliases.items():
            if key not in self._codes:
                raise ValueError(f"{self.name}: alias of the unknown code {key}")
            names.setdefault(folded(alias), self._codes[key])
        return names

    def __contains__(self, code: object) -> bool:
        return code in self._codes

    def __iter__(self) -> Iterator[Code]:
        return iter(self._codes.values())

    def __len__(self) -> int:
        return len(self._codes)

    def get(self, code: str) -> Code | None:
        """Give the entry of a code, retired or not."""
        return self._codes.get(code)

    def label(self, code: str, language: str) -> str:
        """Give the name that a person reads; an unknown code is shown as itself."""
        known = self._codes.get(code)
        return code if known is None else known.name(language)

    def choices(self, language: str) -> list[tuple[str, str]]:
        """Give (code, name) of the codes that may still be chosen, in the order of the list."""
        return [(code.code, code.name(language)) for code in self if not code.retired]

    def children(self, code: str) -> list[Code]:
        """Give the codes directly below, retired ones too, for old entries still carry them."""
        return list(self._children.get(code, ()))

    def ancestors(self, code: str) -> list[Code]:
        """Give the codes above, the nearest first; none for an unknown code."""
        above: list[Code] = []
        known = self._codes.get(code)
        while known is not None and known.parent is not None:
            known = self._codes[known.parent]
            above.append(known)
        return above

    def find(self, text: str) -> Code | None:
        """Give the code with this exact name or alias, apart from case, width and blanks.

        Of several codes with one name the live one wins, then the finer one, then the first.
        """
        return self._by_name.get(folded(text))
