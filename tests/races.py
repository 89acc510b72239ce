"""Many steps in the same moment, each in a transaction of its own, on a database of their own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from marketplace.core.errors import MarketplaceError
from marketplace.web.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Engine

#: People who do the same at once.
CLIENTS = 50


@contextmanager
def own_database(url: str, name: str) -> Iterator[Engine]:
    """Give a migrated database beside the tests' own, dropped afterwards."""
    keeper = create_engine(url, isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    address = make_url(url).set(database=name)
    upgrade(address.render_as_string(hide_password=False))
    engine = create_engine(address, pool_size=CLIENTS)
    yield engine
    engine.dispose()
    with keeper.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    keeper.dispose()


def together(engine: Engine, steps: Sequence[Callable[[Session], object]]) -> list[object]:
    """Take each step in a transaction of its own, all starting at once; give results or errors."""
    barrier = threading.Barrier(len(steps))

    def run(step: Callable[[Session], object]) -> object:
        with Session(engine) as session:
            session.execute(text("SELECT 1"))
            barrier.wait(timeout=30)
            try:
                result = step(session)
                session.commit()
            except MarketplaceError as error:
                session.rollback()
                return error
            return result

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))
