"""One style sheet out of many files: joined when the application starts, named by its content.

There is no build step: a page asks for ``/assets/app-<hash>.css``, which is kept in memory in its
plain and compressed forms. In development a changed file is seen at the next page.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import brotli
from flask import Response, abort, request

from marketplace.web.access import public

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

CSS = Path(__file__).parents[2] / "static" / "css"
#: Files that must come first, in this order; components follow by name.
FIRST = ("tokens", "reset", "type", "layout")


def sources() -> list[Path]:
    """Give the style sheets in the order in which they are joined."""
    return [CSS / f"{name}.css" for name in FIRST] + sorted((CSS / "components").glob("*.css"))


def _stamp() -> tuple[tuple[str, int], ...]:
    """Name the files as they are; looked at once a second, not for every page of a crowd."""
    return _stamp_in(int(time.monotonic()))


@lru_cache(maxsize=1)
def _stamp_in(_second: int) -> tuple[tuple[str, int], ...]:
    return tuple((str(path), path.stat().st_mtime_ns) for path in sources())


@lru_cache(maxsize=2)
def _bundle(stamp: tuple[tuple[str, int], ...]) -> tuple[str, dict[str, bytes]]:
    text = "\n".join(Path(name).read_text(encoding="utf-8") for name, _ in stamp)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\n\s+|\n+", "\n", text)
    plain = text.encode()
    digest = hashlib.sha256(plain).hexdigest()[:12]
    return digest, {
        "": plain,
        "br": brotli.compress(plain, quality=9),
        "gzip": gzip.compress(plain, 9),
    }


def style_url() -> str:
    """Give the address of the joined style sheet; it never carries a language."""
    root = request.script_root.removesuffix("/en")
    return f"{root}/assets/app-{_bundle(_stamp())[0]}.css"


@public
def style(digest: str) -> ResponseReturnValue:
    """Serve the joined style sheet, compressed when the browser takes it."""
    present, forms = _bundle(_stamp())
    if digest != present:
        abort(404)
    accepted = request.headers.get("Accept-Encoding", "")
    form = next((name for name in ("br", "gzip") if name in accepted), "")
    response = Response(forms[form], mimetype="text/css")
    if form:
        response.headers["Content-Encoding"] = form
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def install(app: Flask) -> None:
    """Bind the address and tell templates of it."""
    app.add_url_rule("/assets/app-<digest>.css", "assets.style", style)
    app.jinja_env.globals.update(style_url=style_url)
