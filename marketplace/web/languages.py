"""Chinese at the root, English under /en: the language is part of the address."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LOCALES = {"zh": "zh", "en": "en"}
CATALOGUES = Path(__file__).parents[2] / "translations"


class LanguagePrefix:
    """WSGI middleware: moves a leading /en into SCRIPT_NAME, so that every URL built keeps it."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401 — WSGI
        """Pass the request on with the language taken off its path."""
        path = environ.get("PATH_INFO", "")
        environ["hanqiao.language"] = "zh"
        if path == "/en" or path.startswith("/en/"):
            environ["hanqiao.language"] = "en"
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + "/en"
            environ["PATH_INFO"] = path[3:] or "/"
        return self.app(environ, start_response)


def current_language() -> str:
    """Give the language of this request: zh or en."""
    return str(request.environ.get("hanqiao.language", "zh")) if request else "zh"


def other_language_address() -> str:
    """Give this page's address in the other language."""
    path = request.full_path if request.query_string else request.path
    root = request.script_root
    if current_language() == "en":
        return (root.removesuffix("/en") + path) or "/"
    return f"{root}/en{path}"


def compile_catalogues(folder: Path = CATALOGUES) -> list[str]:
    """Compile every changed .po file; give the names of all domains."""
    domains = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        domains.append(source.stem)
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as stream:
                catalogue = read_po(stream, locale=source.parts[-3], domain=source.stem)
            buffer = BytesIO()
            write_mo(buffer, catalogue)
            fresh = target.with_suffix(".mo.new")
            fresh.write_bytes(buffer.getvalue())
            fresh.replace(target)
    return sorted(set(domains))
