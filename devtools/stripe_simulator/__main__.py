"""Start the simulator: ``python -m devtools.stripe_simulator --port 8420``."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import NoReturn

from devtools.stripe_simulator.nouns.events import add_endpoint
from devtools.stripe_simulator.server import Simulator

DESCRIPTION = "A payment provider on this machine that answers as Stripe does. Test money only."


def main() -> None:
    """Read the arguments and serve on 127.0.0.1 until stopped."""
    parser = argparse.ArgumentParser("python -m devtools.stripe_simulator", description=DESCRIPTION)
    parser.add_argument("--port", type=int, default=8420, help="port on 127.0.0.1 (0: a free one)")
    parser.add_argument("--webhook", metavar="URL", help="where events are sent, signed")
    parser.add_argument("--secret", metavar="TEXT", help="secret of that endpoint: whsec_…")
    parser.add_argument("--store", metavar="FILE", help="keep everything in this file")
    parser.add_argument("--seed", type=int, help="make ids and chance repeatable")
    given = parser.parse_args()
    if bool(given.webhook) != bool(given.secret):
        parser.error("--webhook and --secret go together")
    simulator = Simulator(given.port, store=given.store, seed=given.seed)
    if given.webhook:
        _point_to(simulator, given.webhook, given.secret)

    def stop(_number: int, _frame: object) -> NoReturn:
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    print(f"Stripe simulator, test money only: {simulator.world.base}", flush=True)
    try:
        simulator.run()
    except KeyboardInterrupt:
        sys.exit(0)


def _point_to(simulator: Simulator, url: str, secret: str) -> None:
    """Have one endpoint of this address, with this secret, also after a restart."""
    store = simulator.store
    for endpoint in store.find("webhook_endpoint", url=url):
        store.put({**endpoint, "_secret": secret})
        return
    add_endpoint(simulator.world, {"url": url, "enabled_events": ["*"]}, secret)


if __name__ == "__main__":
    main()
