"""Contents on disk, each kept once under its hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.files import kinds, names

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

_CHUNK = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was judged and kept; attaching it to an object is a row in the database."""

    name: str
    media_type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Store:
    """A folder of contents, and how large one may be."""

    folder: Path
    limit_bytes: int
    #: Looks at each arrived file and raises FileRefused; None looks at none.
    require_clean: Callable[[Path], None] | None = None

    def path(self, sha256: str) -> Path:
        """Give where a content stands."""
        return self.folder / sha256[:2] / sha256

    def take(self, stream: IO[bytes], filename: str) -> Upload:
        """Judge and keep an upload; raises FileRefused (field ``file``), keeping nothing then.

        The content is written under another name first, so that a crash leaves no half file.
        """
        name = names.clean_name(filename)
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, written = tempfile.mkstemp(dir=self.folder, prefix="incoming-")
        arrived = Path(written)
        try:
            size, sha256 = self._copy(stream, handle)
            media_type = self._judged(arrived, size, names.ending_of(name))
            if self.require_clean is not None:
                self.require_clean(arrived)
            target = self.path(sha256)
            target.parent.mkdir(exist_ok=True)
            arrived.replace(target)
        except BaseException:
            arrived.unlink(missing_ok=True)
            raise
        return Upload(name=name, media_type=media_type, size_bytes=size, sha256=sha256)

    def _copy(self, stream: IO[bytes], handle: int) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as out:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > self.limit_bytes:
                    raise kinds.FileRefused(
                        N_("The file is larger than %(megabytes)s MB. Make it smaller."),
                        megabytes=self.limit_bytes // (1024 * 1024),
                    )
                digest.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise kinds.FileRefused(N_("The file is empty."))
        return size, digest.hexdigest()

    def _judged(self, path: Path, size: int, ending: str) -> str:
        def opened() -> io.BufferedReader:
            return path.open("rb")

        with opened() as stream:
            head = kinds.head_of(stream)
        media_type = kinds.judge(kinds.Content(size=size, head=head, open=opened), ending)
        kinds.require_ending(media_type, ending)
        return media_type

    def forget_unused(self, used: frozenset[str], *, older_than: float) -> int:
        """Delete contents that no attachment names and that were written before a time.

        ``older_than`` is a Unix time; give how many files went.
        """
        gone = 0
        for path in self.folder.glob("*/*"):
            if path.name not in used and path.stat().st_mtime < older_than:
                path.unlink()
                gone += 1
        for path in self.folder.glob("incoming-*"):
            if path.stat().st_mtime < older_than:
                path.unlink()
                gone += 1
        return gone
