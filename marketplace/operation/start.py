"""Runs web and worker as children of one process, as the Procfile says."""

from __future__ import annotations

import os
import secrets
import shlex
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import click
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from marketplace.demo.accounts import demo_accounts

if TYPE_CHECKING:
    from config import Settings

ROOT = Path(__file__).parents[2]
#: Seconds between looks at a starting web process, and how many looks are taken.
PAUSE, LOOKS = 0.2, 300


#: A program beside the product that stands in for the payment provider; test money only.
SIMULATOR = ROOT / "devtools" / "stripe_simulator"


def simulates_payments(settings: Settings) -> bool:
    """Whether this copy pays with test money: in development, without a provider's key."""
    return settings.is_development and not settings.stripe_api_key and SIMULATOR.is_dir()


def simulator_port(settings: Settings) -> int:
    """Give the same port at every start (pages that are open go on), or any that is free."""
    for port in (settings.port + 1000, 0):
        with socket.socket() as door, suppress(OSError, OverflowError):
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(("127.0.0.1", port))
            return int(door.getsockname()[1])
    raise RuntimeError("no port is free on this machine")


def simulator(settings: Settings, port: int, secret: str) -> tuple[str, dict[str, str]]:
    """Give the command that runs the simulator, and what tells the product where it is."""
    store = settings.home / "stripe-simulator.sqlite"
    command = [
        sys.executable,
        "-m",
        "devtools.stripe_simulator",
        "--port",
        str(port),
        "--webhook",
        f"http://127.0.0.1:{settings.port}/payments/inbox",
        "--secret",
        secret,
        "--store",
        str(store),
    ]
    told = {
        "STRIPE_API_KEY": "sk_test_simulator",
        "STRIPE_WEBHOOK_SECRET": secret,
        "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
    }
    return shlex.join(command), told


def environment(settings: Settings) -> dict[str, str]:
    """Give the children the same database, home and port as this process."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "DATABASE_URL": settings.database_url or "",
        "HANQIAO_HOME": str(settings.home),
        "PORT": str(settings.port),
        "WEB_THREADS": str(settings.web_threads),
        "PYTHONUNBUFFERED": "1",
        "FLASK_APP": "wsgi",
    }


def greeting(settings: Settings) -> str:
    """Say where the site is and who can sign in."""
    lines = ["", f"  Hanqiao 汉桥  {settings.base_url}/   English: {settings.base_url}/en/", ""]
    accounts = demo_accounts() if settings.demo else []
    if accounts:
        lines.append("  Demo accounts (password for all: " + accounts[0].password + ")")
        lines += [f"    {account.email:<36} {account.role}" for account in accounts]
        lines.append("")
    lines.append("  Stop with Ctrl-C.")
    return "\n".join(lines)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=2) as answer:  # noqa: S310 — our own http address
            return bool(answer.status == 200)  # noqa: PLR2004 — HTTP OK
    except (URLError, OSError):
        return False


def _greet_when_up(settings: Settings, stop: threading.Event) -> None:
    address = f"http://127.0.0.1:{settings.port}/health"
    for _ in range(LOOKS):
        if stop.wait(PAUSE):
            return
        if _answers(address):
            click.echo(greeting(settings))
            return
    click.echo(f"The web process does not answer at {address}; see the lines above.", err=True)


def run_all(settings: Settings) -> None:
    """Start what the Procfile lists, greet when the site answers, end every child with this one."""
    procfile = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8"))
    manager = Manager(Printer(sys.stdout, colour=sys.stdout.isatty()))
    processes, told = dict(procfile.processes), environment(settings)
    if simulates_payments(settings):
        secret = f"whsec_{secrets.token_hex(16)}"
        command, addresses = simulator(settings, simulator_port(settings), secret)
        processes["payments"] = "exec " + command
        told |= addresses
    for name, command in processes.items():
        manager.add_process(name, command, env=told, cwd=str(ROOT))
    stop = threading.Event()
    watcher = threading.Thread(target=_greet_when_up, args=(settings, stop), daemon=True)
    watcher.start()
    try:
        manager.loop()
    finally:
        stop.set()
        watcher.join(timeout=5)
    sys.exit(manager.returncode or 0)
