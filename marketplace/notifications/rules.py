"""What people are told and how often, unless they choose otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.notifications.models import Frequency, NoticeGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Topic:
    """A kind of notice: its name, the group it belongs to, and the message id people read."""

    key: str
    group: NoticeGroup
    message: str


@dataclass(frozen=True)
class Channels:
    """Where one group's notices go."""

    on_site: bool
    mail: Frequency


#: What waits for a person's act is mailed at once; what merely may interest them is gathered.
DEFAULTS: dict[NoticeGroup, Channels] = {
    NoticeGroup.MATCHES: Channels(on_site=True, mail=Frequency.DAILY),
    NoticeGroup.ANSWERS: Channels(on_site=True, mail=Frequency.NOW),
    NoticeGroup.DEALS: Channels(on_site=True, mail=Frequency.NOW),
    NoticeGroup.REVIEWS: Channels(on_site=True, mail=Frequency.NOW),
    NoticeGroup.EXPIRY: Channels(on_site=True, mail=Frequency.NOW),
    # Its owners get a mail about every judgement in any case.
    NoticeGroup.ORGANIZATIONS: Channels(on_site=True, mail=Frequency.OFF),
    NoticeGroup.SEARCHES: Channels(on_site=True, mail=Frequency.DAILY),
    NoticeGroup.PAPERS: Channels(on_site=True, mail=Frequency.NOW),
    NoticeGroup.PAYMENTS: Channels(on_site=True, mail=Frequency.NOW),
    NoticeGroup.BOOKINGS: Channels(on_site=True, mail=Frequency.NOW),
    NoticeGroup.JOBS: Channels(on_site=True, mail=Frequency.OFF),
}


def both(zh: str, en: str) -> dict[str, str]:
    """Give a value that reads differently in each language; the other one stands in for a gap."""
    return {"zh": zh, "en": en}


def told(
    message: str, values: Mapping[str, Any], *, language: str, translate: Callable[[str], str]
) -> str:
    """Give the sentence of a notice in a language.

    A value is shown as it stands, unless it is ``{"label": message id}``, ``{"labels": lines}``
    (message ids among free words), or has ``zh`` and ``en``.
    """
    shown = {name: _shown(value, language, translate) for name, value in values.items()}
    return translate(message) % shown


def _shown(value: object, language: str, translate: Callable[[str], str]) -> object:
    if not isinstance(value, dict):
        return value
    if "label" in value:
        return translate(str(value["label"]))
    if "labels" in value:
        return " ".join(translate(line) for line in value["labels"] if line.strip())
    return value.get(language) or next((text for text in value.values() if text), "")
