"""Bodies in Stripe's bracket style: ``a[b][0][c]=v`` becomes ``{"a": {"b": [{"c": "v"}]}}``."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from devtools.stripe_simulator.errors import BadParameters

PART = re.compile(r"\[([^\[\]]*)\]")


def read_form(text: str) -> dict[str, Any]:
    """Read a form or a query; BadParameters where brackets do not match."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        _plant(tree, _parts(name), value)
    return {name: _listed(value) for name, value in tree.items()}


def _parts(name: str) -> list[str]:
    head, _, _ = name.partition("[")
    rest = name[len(head) :]
    parts = PART.findall(rest)
    if not head or "".join(f"[{part}]" for part in parts) != rest:
        raise BadParameters(f"Invalid parameter name: {name}", param=name)
    return [head, *parts]


def _plant(tree: dict[str, Any], parts: list[str], value: str) -> None:
    spot = tree
    for part in parts[:-1]:
        below = spot.setdefault(part or str(len(spot)), {})
        if not isinstance(below, dict):
            raise BadParameters("Invalid hash", param=parts[0])
        spot = below
    spot[parts[-1] or str(len(spot))] = value


def _listed(value: Any) -> Any:  # noqa: ANN401 - a tree of texts
    """Turn mappings counted 0, 1, 2 … into lists, from the leaves up."""
    if not isinstance(value, dict):
        return value
    below = {name: _listed(inner) for name, inner in value.items()}
    if below and all(name.isdigit() for name in below):
        return [below[name] for name in sorted(below, key=int)]
    return below
