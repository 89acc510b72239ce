"""A copy of the product as it runs: database, payment simulator, web and worker processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
from sqlalchemy import text

from config import Settings
from marketplace.app import create_app
from marketplace.bench.booking_records import World, make_world
from marketplace.bench.importing import scratch_database
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.running.desk import Desk
from marketplace.web.clock import now
from tests.simulator.official import free_port
from tests.simulator.running import Running, launch

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from datetime import timedelta

    from sqlalchemy import Engine

#: One client: each new one reads all certificates.
WEB = httpx.Client(timeout=120, trust_env=False)
ROOT = Path(__file__).parents[2]
SECRET = "whsec_soak"
KEY = "sk_test_soak"
WEB_PROCESSES = 2


@dataclass
class Copy:
    """The running copy, and a hand on each of its parts."""

    engine: Engine
    world: World
    simulator: Running
    port: int
    web: subprocess.Popen[bytes]
    keeper: subprocess.Popen[bytes] | None

    @property
    def provider(self) -> str:
        return self.simulator.base

    def control(self, path: str, **body: Any) -> Any:
        answer = WEB.post(f"{self.provider}/_control/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """Give everything of one kind that the provider holds."""
        return WEB.get(f"{self.provider}/_control/objects/{kind}", timeout=120).json()

    def desk(self, ahead: timedelta) -> Desk:
        """A desk whose clock is ahead, so that what is left over counts as abandoned."""
        gateway = StripeGateway(key=KEY, webhook_secret=SECRET, base=self.provider)
        return Desk(self.engine, gateway, lambda: now() + ahead)

    def processes(self) -> list[psutil.Process]:
        """Give the web processes and the worker that may be killed."""
        found = []
        for parent in (self.web, self.keeper):
            if parent is not None:
                with suppress(psutil.NoSuchProcess):
                    found += psutil.Process(parent.pid).children()
        return found

    def kill_one(self, rng: random.Random) -> str | None:
        """Kill a web process or the worker; give which, or None when all are just starting."""
        with suppress(psutil.NoSuchProcess):
            living = [one for one in self.processes() if one.status() != psutil.STATUS_ZOMBIE]
            if living:
                victim = rng.choice(living)
                kind = "web" if victim.ppid() == self.web.pid else "worker"
                victim.send_signal(signal.SIGKILL)
                return kind
        return None

    def memory(self) -> int:
        """Give the bytes that the web processes hold for themselves alone."""
        total = 0
        for one in psutil.Process(self.web.pid).children():
            with suppress(psutil.NoSuchProcess):
                total += one.memory_full_info().uss
        return total


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a parent and all that it started; they are built to be killed."""
    for one in [*psutil.Process(process.pid).children(recursive=True), process]:
        one.kill()
    process.wait()


@contextmanager
def running(
    database_url: str, home: Path, *, buyers: int, demo: bool = False, worker: bool = True
) -> Iterator[Copy]:
    """Run a copy on a scratch database until the block ends."""
    with ExitStack() as stack:
        engine = stack.enter_context(scratch_database(database_url))
        address = engine.url.render_as_string(hide_password=False)
        port = free_port()
        inbox = f"http://127.0.0.1:{port}/payments/inbox"
        simulator = launch("--webhook", inbox, "--secret", SECRET, "--seed", "11")
        stack.callback(simulator.stop)
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "DATABASE_URL": address,
            "SECRET_KEY": "secret of the soak alone",
            "HANQIAO_HOME": str(home),
            "PORT": str(port),
            "HANQIAO_DEMO": "yes" if demo else "no",
            "STRIPE_API_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": simulator.base,
            # Every request of the traffic says whom it comes from: limits count addresses.
            "TRUSTED_PROXIES": "1",
        }
        app = create_app(Settings.from_env(environment))
        world = make_world(app, engine, bookers=buyers, facilities=1, bookings=0)
        with engine.begin() as connection:
            connection.execute(text("UPDATE resource SET approval = 'instant'"))
        if demo:
            _load_demo(app)
        program = Path(sys.executable).parent / "gunicorn"
        options = ["--preload", "--workers", str(WEB_PROCESSES), "--worker-class", "gthread"]
        options += ["--threads", "8", "--timeout", "60", "--backlog", "2048"]
        options += ["--no-control-socket", "--log-level", "critical"]
        web = subprocess.Popen(
            [str(program), "--bind", f"127.0.0.1:{port}", *options, "wsgi:app"],
            cwd=ROOT,
            env=environment,
        )
        stack.callback(_stop, web)
        keeper = None
        if worker:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "tests.soak.keeper"], cwd=ROOT, env=environment
            )
            stack.callback(_stop, keeper)
        _await_health(port)
        yield Copy(engine, world, simulator, port, web, keeper)


def _load_demo(app: Any) -> None:
    from marketplace.codes.services import seed_holidays
    from marketplace.demo.load import load
    from marketplace.web.extensions import db

    with app.app_context():
        seed_holidays(db.session)
        load(db.session, now=now())
        db.session.commit()
        db.session.remove()


def _await_health(port: int) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=30).status_code == 200:
                return
        threading.Event().wait(0.3)
    raise AssertionError("the copy does not answer")
