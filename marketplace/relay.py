"""Topic → those who hear it: where a fact meets those who react.

Each domain says in its ``hearers`` file what it hears; this module brings the tables together,
so that lower domains tell facts without knowing who listens.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from marketplace import domains

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer

#: Name of a hearer → the function; a hearer takes ``work`` and the fact's payload.
HEARERS: dict[str, Hearer] = {}

#: Topic → names of its hearers.
TOPICS: dict[str, tuple[str, ...]] = {}

#: Hearer's name → cron line (Beijing time) of its periodic run; it takes ``work`` alone.
PERIODIC: dict[str, str] = {}


def gather() -> None:
    """Read every domain's table once; a name used twice is an error of ours."""
    found: dict[str, list[str]] = defaultdict(list)
    HEARERS.clear()
    PERIODIC.clear()
    for module in domains.parts("hearers"):
        for name, hearer in module.HEARERS.items():
            if name in HEARERS:
                message = f"two hearers are called {name}"
                raise RuntimeError(message)
            HEARERS[name] = hearer
        for topic, names in module.HEARS.items():
            found[topic].extend(names)
        PERIODIC.update(getattr(module, "PERIODIC", {}))
    TOPICS.clear()
    TOPICS.update({topic: tuple(names) for topic, names in found.items()})
