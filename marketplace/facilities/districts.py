"""Where Wuhan's districts lie to one another, as tiles: a scheme, no map with borders."""

from __future__ import annotations

from marketplace.codes.districts import (
    EAST_LAKE_HIGH_TECH,
    EAST_LAKE_SCENIC,
    WUHAN_ECONOMIC,
    YANGTZE_NEW,
)

#: District code → (row, column) of its tile, north on top.
TILES: dict[str, tuple[int, int]] = {
    "420116": (1, 2),
    YANGTZE_NEW: (1, 3),
    "420117": (1, 4),
    "420112": (2, 1),
    "420104": (2, 2),
    "420103": (2, 3),
    "420102": (2, 4),
    "420107": (2, 5),
    "420114": (3, 1),
    "420105": (3, 2),
    "420106": (3, 3),
    EAST_LAKE_SCENIC: (3, 4),
    EAST_LAKE_HIGH_TECH: (3, 5),
    WUHAN_ECONOMIC: (4, 2),
    "420111": (4, 4),
    "420113": (5, 2),
    "420115": (5, 4),
}
