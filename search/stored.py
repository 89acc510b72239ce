"""A document as plain JSON values, the way engines keep it beside the index."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from search.documents import Audience, Document, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES: Final = tuple(item.name for item in fields(Document) if item.name != "vectors")
_DEFAULTS: Final = {item.name: item.default for item in fields(Document)}
_TUPLES: Final = frozenset(name for name in _NAMES if _DEFAULTS[name] == ())


def to_json(document: Document) -> dict[str, Any]:
    """Give a document without its vectors; values that are their defaults are left out."""
    kept: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(document, name)
        if value == _DEFAULTS[name]:
            continue
        if name in _TUPLES:
            value = list(value)
        elif isinstance(value, (date, datetime)):
            value = value.isoformat()
        elif isinstance(value, str):
            value = str(value)
        kept[name] = value
    return kept


def from_json(values: Mapping[str, Any]) -> Document:
    """Give the document back; values of a newer version of this class are passed over."""
    known = {name: value for name, value in values.items() if name in _DEFAULTS}
    for name in _TUPLES & known.keys():
        known[name] = tuple(known[name])
    known["kind"] = Kind(known["kind"])
    if "audience" in known:
        known["audience"] = Audience(known["audience"])
    if "published_at" in known:
        known["published_at"] = datetime.fromisoformat(known["published_at"])
    if "due_on" in known:
        known["due_on"] = date.fromisoformat(known["due_on"])
    return Document(**known)
