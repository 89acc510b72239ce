"""A mail server for tests: takes messages on the loopback and keeps them."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage


class _Handler(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.say("220 test ready")
        while line := self.rfile.readline():
            verb = line.decode().strip().upper()
            if verb.startswith("EHLO"):
                self.say("250-test" if self.server.asks_login else "250 test")
                if self.server.asks_login:
                    self.say("250 AUTH PLAIN")
            elif verb.startswith("AUTH"):
                self.server.logins.append(line.decode().split()[-1])
                self.say("235 welcome")
            elif verb == "DATA":
                self.take()
            elif verb == "QUIT":
                self.say("221 bye")
                return
            elif verb.startswith("RCPT") and self.server.refuses:
                self.say("550 no such mailbox")
            else:
                self.say("250 ok")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        self.server.taken.append(message)  # type: ignore[arg-type]
        self.say("250 taken")

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class MailServer(socketserver.ThreadingTCPServer):
    """``with MailServer() as server``: ``server.url`` names it, ``server.taken`` holds mails."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *, refuses: bool = False, asks_login: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refuses = refuses
        self.asks_login = asks_login
        self.taken: list[EmailMessage] = []
        self.logins: list[str] = []
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        login = "user:pass%20word@" if self.asks_login else ""
        return f"smtp://{login}127.0.0.1:{self.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
