"""A simulator as its own process, the official library pointed at it, and Stripe's own mock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.simulator import official
from tests.simulator.running import Running, launch

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def shared_simulator() -> Iterator[Running]:
    running = launch("--seed", "1")
    yield running
    running.stop()


@pytest.fixture
def simulator(shared_simulator: Running) -> Running:
    """The simulator with nothing in it and no faults."""
    shared_simulator.control("/reset", seed=1, endpoints=False)
    return shared_simulator


@pytest.fixture
def api(simulator: Running) -> Any:
    """The official library's services of the first version of the interface."""
    return simulator.client().v1


@pytest.fixture(scope="session")
def stripe_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[official.Official]:
    """Stripe's own mock server, built from its source."""
    program, description = official.build(tmp_path_factory.mktemp("stripe-mock"))
    process, base = official.start(program)
    with httpx.Client(trust_env=False) as web:
        yield official.Official(base, description, web)
    process.kill()
    process.wait()
