"""Topic → those who hear it: the one table where a fact meets those who react."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer

#: Name of a hearer → the function; a hearer takes ``work`` and the fact's payload.
HEARERS: dict[str, Hearer] = {}

#: Topic → names of its hearers; every topic that the code tells stands here.
TOPICS: dict[str, tuple[str, ...]] = {
    "search.sync": (),
}
