"""The parts of a text, and the steps in which they are written."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.core import diff
from marketplace.core.enums import LabelledEnum
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


class Weight(LabelledEnum):
    """Whether a remark stops the sending."""

    REQUIRED = "required", N_("Needed before sending")
    ADVICE = "advice", N_("Buyers will ask")


@dataclass(frozen=True)
class Remark:
    """What is missing or weak in a text: where, what, and how to mend it (message ids)."""

    part: str
    what: str
    mend: str
    weight: Weight = Weight.ADVICE
    values: Mapping[str, object] = field(default_factory=dict, hash=False)


def needed(part: str, mend: str, /, *, what: str = "", **values: object) -> Remark:
    """Make a remark that stops the sending."""
    return Remark(part, what, mend, Weight.REQUIRED, values)


@dataclass(frozen=True)
class Task:
    """One step in the list of tasks: how many remarks it still has, and if it says anything."""

    step: str
    label: str
    needed: int
    advised: int
    empty: bool


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

    def tasks(self, content: Content, remarks: Iterable[Remark]) -> list[Task]:
        """Give each step with its state: complete, begun, or what it still needs."""
        counts = Counter((self.parts[one.part].step, one.weight) for one in remarks)
        return [
            Task(
                step,
                label,
                needed=counts[step, Weight.REQUIRED],
                advised=counts[step, Weight.ADVICE],
                empty=self.is_empty(content, step),
            )
            for step, label in self.steps.items()
        ]

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


def require_complete(lacks: Sequence[Remark]) -> None:
    """Raise RuleBroken at the first part that lacks what every reader may expect."""
    if lacks:
        raise RuleBroken(
            N_("Not complete yet (%(count)s left): %(mend)s"),
            field=lacks[0].part,
            count=len(lacks),
            mend=lacks[0].mend,
        )
