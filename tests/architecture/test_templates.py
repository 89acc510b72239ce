"""What every template keeps: it compiles, imports only what it uses, and escapes everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import nodes

ROOT = Path(__file__).parents[2] / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))


@pytest.mark.parametrize("name", TEMPLATES)
class TestTemplate:
    def test_compiles(self, application, name):
        application.jinja_env.get_template(name)

    def test_uses_what_it_imports(self, application, name):
        tree = application.jinja_env.parse((ROOT / name).read_text(encoding="utf-8"))
        imported = {
            item if isinstance(item, str) else item[1]
            for node in tree.find_all(nodes.FromImport)
            for item in node.names
        }
        used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
        assert imported <= used, f"imported and not used: {sorted(imported - used)}"

    def test_breaks_no_rule_of_the_content_policy(self, name):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b", text)
        assert not re.search(r"\sstyle\s*=", text)
        assert not re.search(r"\son[a-z]+\s*=", text)
        assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text)
        assert "<style" not in text


class TestBadges:
    def test_every_state_has_a_tone(self, application):
        from marketplace.listings.models import ListingStatus
        from marketplace.needs.models import NeedStatus
        from marketplace.organizations.models import OrganizationStatus

        tones = application.jinja_env.get_template("components/badge.html").module.TONES
        for states in (ListingStatus, NeedStatus, OrganizationStatus):
            for state in states:
                assert state.value in tones
