"""The parts of a text, and the steps in which they are written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from marketplace.core import diff
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from marketplace.core.diff import Change

Content = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One part of the content: where it is edited, what it is called, and its empty value."""

    step: str
    label: str
    empty: Any = ""


@dataclass(frozen=True)
class Outline:
    """Steps with their names, and parts, both in the order in which they are edited and compared.

    A content is one plain value: what revisions keep and reviewers compare.
    """

    steps: Mapping[str, str]
    parts: Mapping[str, Part]

    def empty(self) -> Content:
        """Give the content of a text that says nothing yet."""
        return {name: _copy(part.empty) for name, part in self.parts.items()}

    def filled(self, values: Mapping[str, Any]) -> Content:
        """Give a complete content: empty values for what isn't given; unknown keys fall out."""
        return {name: values.get(name, _copy(part.empty)) for name, part in self.parts.items()}

    def names_of(self, step: str) -> tuple[str, ...]:
        """Names of the parts that a step edits."""
        return tuple(name for name, part in self.parts.items() if part.step == step)

    def is_empty(self, content: Content, step: str) -> bool:
        """Whether a step says nothing yet."""
        return all(content[name] == self.parts[name].empty for name in self.names_of(step))

    def differing(self, before: Content, after: Content) -> list[str]:
        """Name the parts that differ, for the trail."""
        return [name for name in self.parts if before.get(name) != after.get(name)]

    def changes(
        self,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        lines: Callable[[str, Any], list[str]],
    ) -> list[Change]:
        """Give the parts that read differently, in their order; an empty ``old`` makes all new.

        ``lines`` turns a part's value into lines that people read.
        """

        def texts(content: Mapping[str, Any]) -> dict[str, str]:
            return {
                name: "\n".join(lines(name, content.get(name, part.empty)))
                for name, part in self.parts.items()
            }

        return diff.changes(texts(old) if old else {}, texts(new))


def _copy(value: Any) -> Any:  # noqa: ANN401 — any JSON value
    return type(value)() if isinstance(value, (list, dict)) else value


def mark_of(content: Content, names: Iterable[str]) -> str:
    """Give a short mark that changes when one of the parts does."""
    body = json.dumps([content[name] for name in names], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()[:16]


class Lack(Protocol):
    """What keeps a text from its readers: in which part, and how to mend it (message id)."""

    @property
    def part(self) -> str:
        """Name of the part."""

    @property
    def mend(self) -> str:
        """How to mend it."""


def require_complete(lacks: Sequence[Lack]) -> None:
    """Raise RuleBroken at the first part that lacks what every reader may expect."""
    if lacks:
        raise RuleBroken(
            N_("Not complete yet (%(count)s left): %(mend)s"),
            field=lacks[0].part,
            count=len(lacks),
            mend=lacks[0].mend,
        )
