"""Many requests at one moment, sent by one thread: the client must not be what is measured."""

from __future__ import annotations

import re
import selectors
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Seconds after which an answer is not waited for any longer.
PATIENCE_S = 60


def at_once(port: int, requests: Sequence[bytes]) -> list[tuple[int, float]]:
    """Send all requests at once over connections of their own; give statuses and seconds.

    The clock of all runs from the moment before the first is sent until the last byte of the answer
    has come, by its Content-Length: a server may close a connection later. OSError for an answer
    that never comes.
    """
    with selectors.DefaultSelector() as selector:
        connections = [socket.create_connection(("127.0.0.1", port)) for _ in requests]
        try:
            heads = [b""] * len(requests)
            found: list[tuple[int, float]] = [(0, 0.0)] * len(requests)
            for number, connection in enumerate(connections):
                connection.settimeout(0)
                selector.register(connection, selectors.EVENT_READ, number)
            begun = time.perf_counter()
            for connection, request in zip(connections, requests, strict=True):
                connection.sendall(request)
            left = len(requests)
            while left:
                ready = selector.select(PATIENCE_S)
                if not ready:
                    message = f"{left} of {len(requests)} requests were not answered"
                    raise TimeoutError(message)
                for key, _events in ready:
                    number = key.data
                    part = connections[number].recv(65536)
                    heads[number] += part
                    if part and not _whole(heads[number]):
                        continue
                    found[number] = (_status(heads[number]), time.perf_counter() - begun)
                    selector.unregister(key.fileobj)
                    left -= 1
        finally:
            for connection in connections:
                connection.close()
    return found


def _whole(answer: bytes) -> bool:
    """Whether the answer is here up to its last byte; unknown without a Content-Length."""
    head, parted, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(parted) and length is not None and len(body) >= int(length[1])


def _status(head: bytes) -> int:
    """Read the status of an answer; 0 when the connection was closed without one."""
    words = head.split(b" ", 2)
    return int(words[1]) if len(words) > 1 else 0
