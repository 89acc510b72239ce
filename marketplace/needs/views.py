"""A need as one reader sees it: what stands on pages, with names masked where they must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.needs import permissions
from marketplace.needs.models import NeedEventKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from marketplace.core.actor import Actor
    from marketplace.needs.models import Need, NeedEvent
    from marketplace.organizations.models import Organization


@dataclass(frozen=True)
class Told:
    """A text in the reader's language where there is one, with the language it stands in."""

    text: str
    language: str

    @property
    def tag(self) -> str:
        """The language as HTML names it."""
        return "en" if self.language == "en" else "zh-Hans"


def told(need: Any, name: str, language: str) -> Told:  # noqa: ANN401 — a row or a content
    """Give ``title`` or ``problem``, English where the reader wants it and it exists."""
    english = getattr(need, f"{name}_en")
    if language == "en" and english:
        return Told(english, "en")
    return Told(getattr(need, name), need.language)


def owner_of(need: Need, actor: Actor, consents: Collection[UUID] = ()) -> Organization | None:
    """Give the owner when the actor may see its name, else None."""
    seen = permissions.may_see_name(actor, need, consents)
    return need.organization if seen else None


@dataclass(frozen=True)
class Line:
    """One dated line of a public timeline; answers are told without who gave them."""

    at: datetime
    kind: NeedEventKind


#: What readers learn about answers; all else stays between the two sides.
_PUBLIC_OF_ANSWERS = frozenset({NeedEventKind.ANSWER_SENT, NeedEventKind.ANSWER_CHOSEN})


def public_timeline(need: Need, events: Sequence[NeedEvent]) -> list[Line]:
    """Give the dated lines that every reader may see, oldest first.

    Needs that came in bulk have no line of their publication; it is told by its date.
    """
    lines = [
        Line(event.at, event.kind)
        for event in events
        if event.answer_id is None or event.kind in _PUBLIC_OF_ANSWERS
    ]
    if need.published_at and all(line.kind is not NeedEventKind.OPENED for line in lines):
        lines.insert(0, Line(need.published_at, NeedEventKind.OPENED))
    return lines


def ranked(totals: Mapping[UUID, Any]) -> list[UUID]:
    """Give answers by their mean total, best first; those without points come last."""
    given = [key for key, total in totals.items() if total is not None]
    return sorted(given, key=lambda key: -totals[key].percent) + [
        key for key, total in totals.items() if total is None
    ]
