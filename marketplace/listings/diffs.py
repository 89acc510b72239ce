"""What changed between two contents, in words: the reviewer reads only that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import diff
from marketplace.listings.content import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.core.diff import Change
    from marketplace.listings.content import Content
    from marketplace.listings.wording import Wording


def _texts(content: Mapping[str, object], wording: Wording) -> dict[str, str]:
    return {
        name: "\n".join(wording.lines(name, content.get(name, part.empty)))
        for name, part in PARTS.items()
    }


def changes(old: Mapping[str, object], new: Content, wording: Wording) -> list[Change]:
    """Give the parts that differ, in the order of the wizard; an empty ``old`` makes all new."""
    before = _texts(old, wording) if old else {}
    return diff.changes(before, _texts(new, wording))
