"""Transactions that a decline does not undo."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from devtools.stripe_simulator.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devtools.stripe_simulator.world import World


@contextmanager
def keeping_declines(world: World) -> Iterator[None]:
    """Keep what was written inside even when it ends in a Refused, which goes on."""
    refused: Refused | None = None
    with world.store.transaction():
        try:
            yield
        except Refused as error:
            refused = error
    if refused is not None:
        raise refused
