"""Asks a virus scanner about a file before it is kept: ClamAV over its socket."""

from __future__ import annotations

import logging
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.files.kinds import FileRefused

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

_CHUNK = 256 * 1024
#: The scanner's answer to a file without a finding.
_CLEAN = b"stream: OK"


@dataclass(frozen=True)
class ClamAv:
    """A clamd at ``host:port`` or at the path of a Unix socket; seconds to wait for its answer."""

    address: str
    seconds: float = 30

    def require_clean(self, path: Path) -> None:
        """Raise FileRefused for a finding, and when the scanner doesn't answer.

        A file that nobody could look at is not taken: the others in the room trust the check.
        """
        try:
            answer = self._ask(path)
        except OSError as error:
            log.error("the virus scanner at %s does not answer: %s", self.address, error)  # noqa: TRY400 — one line says it all
            raise FileRefused(
                N_("The virus scanner does not answer, so no file is taken now. Try again later.")
            ) from error
        if answer == _CLEAN:
            return
        if answer.endswith(b" FOUND"):
            finding = answer.removeprefix(b"stream: ").removesuffix(b" FOUND")
            raise FileRefused(
                N_("The virus scanner found “%(finding)s” in the file. It is not taken."),
                finding=finding.decode(errors="replace"),
            )
        log.error("the virus scanner at %s answered %r", self.address, answer)
        raise FileRefused(
            N_("The virus scanner could not check the file, so it is not taken. Try again later.")
        )

    def _ask(self, path: Path) -> bytes:
        """Stream the file by clamd's INSTREAM command; give its answer without the final NUL."""
        with self._connected() as connection:
            connection.sendall(b"zINSTREAM\0")
            with path.open("rb") as content:
                while piece := content.read(_CHUNK):
                    connection.sendall(struct.pack("!I", len(piece)) + piece)
            connection.sendall(struct.pack("!I", 0))
            answer = b""
            while piece := connection.recv(1024):
                answer += piece
        return answer.rstrip(b"\0\n")

    def _connected(self) -> socket.socket:
        host, colon, port = self.address.rpartition(":")
        if colon and port.isdigit():
            return socket.create_connection((host.strip("[]"), int(port)), timeout=self.seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self.seconds)
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection
