from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = json.loads((ROOT / "static" / "vendor" / "manifest.json").read_text(encoding="utf-8"))


class TestVendoredFiles:
    def test_are_what_the_manifest_says(self):
        for row in ROWS:
            content = (ROOT / row["path"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == row["sha256"], row["path"]

    def test_come_with_their_licenses(self):
        for package in {row["package"] for row in ROWS}:
            assert any(row["package"] == package and "LICENSE" in row["path"] for row in ROWS)

    def test_hold_every_icon_that_a_template_names(self):
        sprite = (ROOT / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
        known = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
        named = {
            name
            for path in (ROOT / "templates").rglob("*.html")
            for name in re.findall(r'\bicon\("([\w-]+)"', path.read_text(encoding="utf-8"))
        }
        assert named <= known
