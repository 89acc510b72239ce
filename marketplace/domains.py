"""Every domain, lowest first, and how each one's parts are found by their file names.

A domain may bring ``routes`` (``bp`` or ``blueprints``), ``wiring`` (``install(app)``: panels and
registries), ``hearers`` (``HEARERS``: name → function; ``HEARS``: topic → names; ``PERIODIC``:
cron line → hearer's name) and ``commands`` (``COMMANDS``: click groups).
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

DOMAINS = (
    "codes",
    "organizations",
    "mail",
    "accounts",
    "files",
    "onboarding",
    "progress",
    "notifications",
    "papers",
    "ledger",
    "payments",
    "drafting",
    "listings",
    "needs",
    "indexing",
    "facilities",
    "managers",
    "bookings",
    "reports",
    "discovery",
    "matching",
    "exchange",
    "deals",
    "terms",
    "contracts",
    "performance",
    "amendments",
    "city",
    "told",
    "administration",
    "desk",
    "home",
    "gallery",
    "operation",
    "demo",
    "bench",
)


def parts(name: str) -> Iterator[ModuleType]:
    """Import the file of this name of every domain that has one."""
    for domain in DOMAINS:
        module = f"marketplace.{domain}.{name}"
        if importlib.util.find_spec(f"marketplace.{domain}") and importlib.util.find_spec(module):
            yield importlib.import_module(module)
