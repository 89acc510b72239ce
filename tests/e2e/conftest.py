"""A running copy with demo records, and a browser that notices what goes wrong beside the test."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from marketplace.demo.accounts import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).parents[2]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Copy:
    """One running copy of Hanqiao: its address, its output, its home."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home, self.port = home, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.lines: list[str] = []
        self.up = threading.Event()
        kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        self.environment = {
            **kept,
            "HANQIAO_HOME": str(home),
            "PORT": str(self.port),
            "FLASK_APP": "wsgi",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}",
            **environment,
        }
        self.process = subprocess.Popen(
            [str(Path(sys.executable).parent / "flask"), "run-all"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if "Ctrl-C" in line:
                self.up.set()

    def wait(self, seconds: float = 90) -> Copy:
        assert self.up.wait(seconds), "\n".join(self.lines[-15:])
        return self

    def stop(self) -> int:
        """Press Ctrl-C and wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=40)
        self.reader.join(timeout=10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product against this copy."""
        return subprocess.run(
            [str(Path(sys.executable).parent / "flask"), *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command of the product against this copy and do not wait for it."""
        return subprocess.Popen(
            [str(Path(sys.executable).parent / "flask"), *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    running = Copy(tmp_path_factory.mktemp("copy") / "home").wait()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def indexed(copy: Copy) -> None:
    """Wait until the worker has put the demo records into the index."""
    address = f"{copy.address}/technologies?q={quote('蚀刻')}"
    for _ in range(120):
        with urlopen(address, timeout=20) as answer:  # noqa: S310 — our own copy
            text = answer.read().decode()
        if "hit__title" in text and 'name="trl"' in text:
            return
        threading.Event().wait(0.5)
    pytest.fail("the demo records do not come into the index")


@pytest.fixture(scope="session")
def base_url(copy: Copy) -> str:
    return copy.address


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    found = shutil.which("chromium")
    if found is None:
        message = "no Chromium: install Debian's package chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return {"executable_path": found, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1280, "height": 900},
    }


class Faults(list[str]):
    """What a page did wrong beside the test: console errors, foreign hosts, policy violations."""

    def watch(self, page: Page, address: str) -> None:
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.append(f"script: {error}"))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((address, "data:", "blob:", "about:"))
                else self.append(f"foreign host: {request.url}")
            ),
        )

    def _console(self, kind: str, text: str) -> None:
        # The browser itself notes every answer above 399; the tests judge those by their pages.
        if kind == "error" and "Failed to load resource" not in text:
            self.append(f"console: {text}")


@pytest.fixture
def faults() -> Iterator[Faults]:
    found = Faults()
    yield found
    assert found == []


@pytest.fixture
def page(context: BrowserContext, base_url: str, faults: Faults) -> Page:
    context.set_default_timeout(15000)
    fresh = context.new_page()
    faults.watch(fresh, base_url)
    return fresh


def axe(page: Page) -> list[str]:
    """Give the violations of WCAG 2.2 A and AA on the page as it stands."""
    page.evaluate(AXE)
    found = page.evaluate(
        """() => axe.run(document, {runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']})
        .then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3)
          .map(n => n.html.slice(0, 160) + ' — ' + (n.any[0]?.message ?? n.all[0]?.message ?? ''))
          .join(' | ')))"""
    )
    return list(found)


def overflow(page: Page) -> int:
    """Give the pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


#: Sign-ins of this run, by the copy's address and the account.
_SIGNED_IN: dict[tuple[str, str], list[Any]] = {}


def sign_in(page: Page, name: str, *, anew: bool = False) -> None:
    """Sign in with a demo account: through the form once, afterwards with the same sign-in.

    Sign-ins from one network address are limited, and journeys together need more of them in a
    minute than a person ever does. ``anew`` is for two browsers of one person, and for a browser
    whose sign-in has ended.
    """
    page.goto("/sign-in")
    key = ("/".join(page.url.split("/", 3)[:3]), name)
    if (kept := _SIGNED_IN.get(key)) and not anew:
        page.context.clear_cookies()
        page.context.add_cookies(kept)
        page.goto("/desk")
        if "/sign-in" not in page.url:
            return
        # That sign-in was ended by a journey.
        page.context.clear_cookies()
        page.goto("/sign-in")
    _use_form(page, name)
    _SIGNED_IN[key] = page.context.cookies()


def _use_form(page: Page, name: str) -> None:
    page.get_by_label("邮箱").fill(f"{name}@hanqiao.example")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
