"""A virus scanner is asked over its socket, and silence is a refusal."""

from __future__ import annotations

import contextlib
import io
import socket
import struct
import threading

import pytest

from marketplace.files.kinds import FileRefused
from marketplace.files.scanning import ClamAv
from marketplace.files.store import Store


@contextlib.contextmanager
def scanner(answer, family=socket.AF_INET, address=("127.0.0.1", 0)):
    """Answer one INSTREAM command as clamd does; gives the address and what was streamed."""
    received = []
    with socket.socket(family, socket.SOCK_STREAM) as server:
        server.bind(address)
        server.listen(1)

        def serve():
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as stream:
                received.append(stream.read(10))
                while size := struct.unpack("!I", stream.read(4))[0]:
                    received.append(stream.read(size))
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname(), received
        thread.join(timeout=5)


class TestRequireClean:
    def test_streams_the_file_and_takes_a_clean_one(self, tmp_path):
        file = tmp_path / "a.txt"
        file.write_bytes(b"x" * 300_000)
        with scanner(b"stream: OK\0") as ((host, port), received):
            ClamAv(f"{host}:{port}").require_clean(file)
        assert received[0] == b"zINSTREAM\0"
        assert b"".join(received[1:]) == b"x" * 300_000

    def test_speaks_over_a_unix_socket(self, tmp_path):
        file = tmp_path / "a.txt"
        file.write_bytes(b"x")
        path = str(tmp_path / "clamd.sock")
        with scanner(b"stream: OK\0", socket.AF_UNIX, path):
            ClamAv(path).require_clean(file)

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (b"stream: Eicar-Signature FOUND\0", "found"),
            (b"INSTREAM size limit exceeded. ERROR\0", "could not check"),
            (b"", "could not check"),
        ],
    )
    def test_refuses_findings_and_odd_answers(self, tmp_path, answer, said):
        file = tmp_path / "a.txt"
        file.write_bytes(b"x")
        with scanner(answer) as ((host, port), _), pytest.raises(FileRefused) as caught:
            ClamAv(f"{host}:{port}").require_clean(file)
        assert said in caught.value.message

    @pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock"])
    def test_refuses_while_the_scanner_is_down(self, tmp_path, address):
        file = tmp_path / "a.txt"
        file.write_bytes(b"x")
        with pytest.raises(FileRefused, match="does not answer"):
            ClamAv(address, seconds=1).require_clean(file)


class TestStore:
    def test_keeps_nothing_that_the_scanner_refuses(self, tmp_path):
        def refuse(_path):
            raise FileRefused("infected")

        store = Store(tmp_path, 1000, refuse)
        with pytest.raises(FileRefused):
            store.take(io.BytesIO(b"abc"), "a.txt")
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
