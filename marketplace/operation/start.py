"""Runs web and worker as children of one process, as the Procfile says."""

from __future__ import annotations

import os
import sys
import threading
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
    for name, command in procfile.processes.items():
        manager.add_process(name, command, env=environment(settings), cwd=str(ROOT))
    stop = threading.Event()
    watcher = threading.Thread(target=_greet_when_up, args=(settings, stop), daemon=True)
    watcher.start()
    try:
        manager.loop()
    finally:
        stop.set()
        watcher.join(timeout=5)
    sys.exit(manager.returncode or 0)
