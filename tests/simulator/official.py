"""Stripe's own mock server, built from its published source, and the description inside it."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

MODULE = "github.com/stripe/stripe-mock"
VERSION = "v0.203.0"
#: Older Go reads no patch number in this line; the source itself needs nothing newer.
GO_LINE = re.compile(r"^go \d.*$", re.MULTILINE)
NO_GO = (
    "The contract tests build Stripe's own mock server, which needs Go 1.19 or later. "
    "Install it (Debian: apt-get install golang; else go.dev/doc/install) and run them again."
)
PATIENCE = 20.0


@dataclass
class Official:
    """The mock server's address and the OpenAPI description it answers by."""

    base: str
    description: dict[str, Any]
    web: httpx.Client

    def send(self, method: str, path: str, text: str) -> httpx.Response:
        """Send the same request; the mock checks its parameters against the description."""
        headers = {"Authorization": "Bearer sk_test_123"}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            return self.web.post(self.base + path, content=text, headers=headers)
        return self.web.request(method, f"{self.base}{path}?{text}", headers=headers)


def download() -> Path:
    """Fetch the source through Go; answer its folder."""
    if shutil.which("go") is None:
        pytest.fail(NO_GO)
    done = subprocess.run(
        ["go", "mod", "download", "-json", f"{MODULE}@{VERSION}"],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"Go could not fetch {MODULE}@{VERSION}: {done.stdout}{done.stderr}")
    return Path(json.loads(done.stdout)["Dir"])


def build(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Build the mock server in a folder; answer the program and its description."""
    source = folder / "source"
    shutil.copytree(download(), source, copy_function=shutil.copyfile)
    for path in (source, *source.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    module = source / "go.mod"
    module.write_text(GO_LINE.sub("go 1.19", module.read_text(), count=1))
    program = folder / "stripe-mock"
    done = subprocess.run(
        ["go", "build", "-mod=mod", "-buildvcs=false", "-o", str(program), "."],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"Go could not build {MODULE}@{VERSION}: {done.stderr}")
    text = (source / "embedded" / "openapi" / "spec3.json").read_text(encoding="utf-8")
    return program, json.loads(text)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(program: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start the mock server and wait until it answers."""
    address = f"127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [str(program), "-http-addr", address],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(f"http://{address}/")
    return process, f"http://{address}"


def wait_for(url: str) -> None:
    """Wait until somebody answers there, whatever it is."""
    until = time.monotonic() + PATIENCE
    with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as client:
        while True:
            try:
                client.get(url)
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
            else:
                return
