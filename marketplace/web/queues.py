"""What waits for the platform's people: domains register their queues, the platform lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.actor import Actor, PlatformRole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Queue:
    """One kind of waiting work: its page, and how much of it waits for an actor."""

    name: str
    label: str
    count: Callable[[Session, Actor], int]
    endpoint: str
    roles: frozenset[PlatformRole]


_queues: dict[str, Queue] = {}


def register_queue(
    name: str,
    label: str,
    *,
    count: Callable[[Session, Actor], int],
    endpoint: str,
    roles: frozenset[PlatformRole] = frozenset({PlatformRole.REVIEWER}),
) -> None:
    """Add a queue; ``label`` is a message id, ``endpoint`` its page, ``roles`` who works on it."""
    _queues[name] = Queue(name, label, count, endpoint, roles)


def queues_of(actor: Actor) -> Iterator[Queue]:
    """Give the queues that the actor works on, in the order in which they were registered."""
    return (queue for queue in _queues.values() if queue.roles & actor.roles)
