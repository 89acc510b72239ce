"""Both languages are complete: every message id of code and templates has its Chinese text."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "translations" / "zh" / "LC_MESSAGES"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "N_": None}
PLACES = re.compile(r"%\((\w+)\)[a-z]")


def wanted() -> dict[str, str]:
    """Give every message id with the file that shows it."""
    found: dict[str, str] = {}
    for folder, method in (
        ("marketplace", [("**.py", "python")]),
        ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    ):
        options = {"**.html": {"extensions": "jinja2.ext.do"}}
        for path, _line, message, _comments, _context in extract_from_dir(
            str(ROOT / folder), method, options, keywords=KEYWORDS
        ):
            for text in message if isinstance(message, tuple) else (message,):
                found.setdefault(text, f"{folder}/{path}")
    return found


def translated() -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream, locale="zh"):
                if message.id and not message.fuzzy:
                    ids = message.id if isinstance(message.id, tuple) else (message.id,)
                    strings = (
                        message.string if isinstance(message.string, tuple) else (message.string,)
                    )
                    texts |= dict.fromkeys(ids, strings[0])
    return texts


class TestChinese:
    def test_says_one_thing_in_one_way(self):
        """Catalogues are merged: an id translated twice would show whichever is read first."""
        texts: dict[str, dict[str, str]] = {}
        for path in sorted(CATALOGUES.glob("*.po")):
            with path.open("rb") as stream:
                for message in read_po(stream, locale="zh"):
                    if isinstance(message.id, str) and message.id:
                        texts.setdefault(message.id, {})[path.stem] = str(message.string)
        twice = {text: found for text, found in texts.items() if len(set(found.values())) > 1}
        assert twice == {}

    def test_has_every_text(self):
        have = translated()
        missing = {text: where for text, where in wanted().items() if not have.get(text)}
        assert missing == {}

    def test_keeps_the_places_of_each_text(self):
        wrong = {
            text: chinese
            for text, chinese in translated().items()
            if set(PLACES.findall(text)) != set(PLACES.findall(chinese or ""))
        }
        assert wrong == {}
