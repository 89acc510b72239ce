"""The operations of the interface: method, path and parameters, and what they do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator.fields import PAGE, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from devtools.stripe_simulator.fields import Field
    from devtools.stripe_simulator.world import World


@dataclass(frozen=True)
class Call:
    """One call: the world, the values read, the ids in the path, whose account it is for."""

    world: World
    values: dict[str, Any]
    ids: dict[str, str]
    account: str

    def own(self, kind: str, wanted: str | None = None) -> dict[str, Any]:
        """Find the object that the path names, of the account of the call."""
        return self.world.need(kind, wanted or self.ids["id"], self.account)

    def tell(
        self, kind: str, thing: dict[str, Any], previous: dict[str, Any] | None = None
    ) -> None:
        """Record an event in the account of the call."""
        self.world.tell(kind, thing, self.account, previous)

    def keep(self, thing: dict[str, Any]) -> dict[str, Any]:
        """Keep an object in the account of the call."""
        return self.world.store.put(thing, self.account)


@dataclass(frozen=True)
class Operation:
    """One operation, as Stripe's own description names it."""

    method: str
    path: str
    fields: Mapping[str, Field]
    run: Callable[[Call], dict[str, Any]]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as an expression that names its ids."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))


OPERATIONS: list[Operation] = []


def operation(
    method: str, path: str, fields: Mapping[str, Field] | None = None, *, listing: bool = False
) -> Callable[[Callable[[Call], dict[str, Any]]], Callable[[Call], dict[str, Any]]]:
    """Let a function answer to a method and a path with these parameters."""

    def keep(run: Callable[[Call], dict[str, Any]]) -> Callable[[Call], dict[str, Any]]:
        taken = (
            ({"expand": TEXTS} if method != "DELETE" else {})
            | (PAGE if listing else {})
            | dict(fields or {})
        )
        OPERATIONS.append(Operation(method, path, taken, run))
        return run

    return keep


def match(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    """Find the operation for a call. Paths without ids go before those with one."""
    for known in sorted(OPERATIONS, key=lambda each: each.path.count("{")):
        found = known.pattern.fullmatch(path)
        if found and known.method == method:
            return known, found.groupdict()
    return None
