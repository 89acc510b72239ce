"""Starts, finds and stops the local node."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from devtools.elasticsearch.artifacts import cache, fetch, locked

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How long a node may take to start or stop (seconds).
PATIENCE: Final = 90.0
_PAUSE: Final = 0.2
_HEAP: Final = "512m"
_SETTINGS: Final = """cluster.name: hanqiao-local
node.name: local
discovery.type: single-node
network.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
path.data: {data}
path.logs: {logs}
cluster.routing.allocation.disk.threshold_enabled: false
action.destructive_requires_name: false
"""
_LOGGING: Final = """status = error
appender.file.type = File
appender.file.name = file
appender.file.fileName = ${sys:es.logs.base_path}${sys:file.separator}node.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = [%d] %p %c{1.} %m%n
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
"""


#: Nodes that this process started; their ends must be waited for.
_started: dict[int, subprocess.Popen[bytes]] = {}


class NotStartedError(Exception):
    """The node did not become healthy."""


def address() -> str | None:
    """Give the address of the running node, or None."""
    url: str | None = _state().get("url")
    return url if url is not None and _healthy(url) else None


@contextmanager
def running() -> Iterator[str]:
    """Use the node: started when needed, stopped when its last user leaves.

    A node that was started by hand stays.
    """
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "users").open("w") as users:
        with locked(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            url = _start(keep=False)
        try:
            yield url
        finally:
            with locked(folder), suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not _state().get("keep"):
                    _stop()


def start() -> str:
    """Start a node that stays, unless one runs; wait until it is healthy, give its address."""
    with locked(cache()):
        return _start(keep=True)


def _start(*, keep: bool) -> str:
    folder = cache()
    found = address()
    if found is not None:
        return found
    home = fetch(folder)
    (home / "logs").mkdir(exist_ok=True)
    http, transport = _free_ports()
    _configure(home, http, transport)
    log = (home / "logs" / "output.log").open("w")
    with log:
        process = subprocess.Popen(
            _command(home), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    _started[process.pid] = process
    url = f"http://127.0.0.1:{http}"
    deadline = time.monotonic() + PATIENCE
    while not _healthy(url):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            text = (home / "logs" / "output.log").read_text(encoding="utf-8", errors="replace")
            message = f"Elasticsearch did not start:\n{text[-3000:]}"
            raise NotStartedError(message)
        # Its end is heard of at once; until then its health is asked for again after a moment.
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PAUSE)
    state = {"url": url, "pid": process.pid, "keep": keep}
    (folder / "running.json").write_text(json.dumps(state), encoding="utf-8")
    return url


def stop() -> bool:
    """Stop the running node; say whether there was one."""
    with locked(cache()):
        return _stop()


def _stop() -> bool:
    pid = _state().get("pid")
    (cache() / "running.json").unlink(missing_ok=True)
    if pid is None or not _ended(pid):
        return False
    if pid in _started:
        _started.pop(pid).wait(PATIENCE)
    return True


def _state() -> dict[str, Any]:
    """Give what is known of the node that was started last."""
    try:
        state: dict[str, Any] = json.loads((cache() / "running.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return state


def _ended(pid: int) -> bool:
    """End our node and wait until it is gone; False when the process is none of ours.

    The process is held by a descriptor while it is looked at, so that no signal meets another
    program that got the same id meanwhile.
    """
    try:
        node = os.pidfd_open(pid)
    except ProcessLookupError:
        return False
    try:
        if not _is_node(pid):
            return False
        signal.pidfd_send_signal(node, signal.SIGTERM)
        select.select([node], [], [], PATIENCE)
    finally:
        os.close(node)
    return True


def _is_node(pid: int) -> bool:
    """Whether a process is our node: ids are used again by other programs."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"LocalNode.java" in line


def _healthy(url: str) -> bool:
    question = f"{url}/_cluster/health?wait_for_status=yellow&timeout=5s"
    try:
        with urllib.request.urlopen(question, timeout=10) as answer:  # noqa: S310 — our own node
            return bool(json.load(answer)["status"] in {"green", "yellow"})
    except (OSError, ValueError):
        return False


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def _configure(home: Path, http: int, transport: int) -> None:
    folders = {name: home / name for name in ("config", "data", "logs")}
    shutil.rmtree(folders["data"], ignore_errors=True)
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    settings = _SETTINGS.format(
        http=http, transport=transport, data=folders["data"], logs=folders["logs"]
    )
    (folders["config"] / "elasticsearch.yml").write_text(settings, encoding="utf-8")
    (folders["config"] / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")


def _command(home: Path) -> list[str]:
    modules = "org.elasticsearch.server,org.elasticsearch.preallocate,jdk.net,java.management"
    return [
        "java",
        f"-Xms{_HEAP}",
        f"-Xmx{_HEAP}",
        "--module-path",
        str(home / "lib"),
        "--add-modules",
        modules,
        "-Des.distribution.type=tar",
        "-Djava.security.manager=allow",
        str(Path(__file__).with_name("LocalNode.java")),
        str(home),
    ]
