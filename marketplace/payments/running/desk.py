"""Where work with the provider gets its transactions, its gateway and the time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from marketplace.core import failpoints
from marketplace.payments.gateway.protocol import GatewayError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from marketplace.payments.gateway.protocol import Gateway


@dataclass(frozen=True)
class Desk:
    """Short transactions of its own, a gateway that is called between them, and a clock."""

    bind: Engine | Connection
    connected: Gateway | None
    clock: Callable[[], datetime]

    @property
    def gateway(self) -> Gateway:
        """The provider; GatewayError when the settings name none."""
        if self.connected is None:
            raise GatewayError("no payment provider is set up")
        return self.connected

    @contextmanager
    def step(self) -> Iterator[Session]:
        """Give a session whose work is committed when the block ends well."""
        with (
            Session(self.bind, join_transaction_mode="create_savepoint") as session,
            session.begin(),
        ):
            yield session
            session.flush()
            failpoints.reach("before_commit")
        failpoints.reach("after_commit")
