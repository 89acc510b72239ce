"""Chains of hashes: every row carries the hash of the one before, and a head says where it ends."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: What the first row of a chain follows.
GENESIS = "0" * 64


@dataclass(frozen=True)
class Fault:
    """A place where a chain does not hold."""

    number: int
    message: str


@dataclass(frozen=True)
class Link:
    """One row of a chain; ``content`` is everything that its hash speaks for."""

    number: int
    previous_hash: str
    hash: str
    content: Sequence[object]


def digest(previous_hash: str, number: int, content: Sequence[object]) -> str:
    """SHA-256 over the previous hash and a canonical form of the content."""
    body = json.dumps(
        [previous_hash, number, *content], ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(body.encode()).hexdigest()


def walk(links: Iterable[Link], head: tuple[int, str] | None) -> Iterator[Fault]:
    """Give every altered, removed, reordered or added row of a chain read by rising number."""
    expected, previous = 1, GENESIS
    for link in links:
        if link.number != expected:
            yield Fault(expected, N_("rows are missing before this number"))
        if link.previous_hash != previous:
            yield Fault(link.number, N_("the row does not follow the one before it"))
        if digest(link.previous_hash, link.number, link.content) != link.hash:
            yield Fault(link.number, N_("the row was altered"))
        expected, previous = link.number + 1, link.hash
    if (head or (0, GENESIS)) != (expected - 1, previous):
        yield Fault(expected, N_("rows were cut from or added to the end"))
