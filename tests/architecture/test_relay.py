"""Every topic that the code tells stands in a domain's table of topics."""

from __future__ import annotations

import ast
from pathlib import Path

from marketplace import relay
from marketplace.worker import utc_cron

ROOT = Path(__file__).parents[2] / "marketplace"


def told() -> set[str]:
    """Collect the topics named in calls of ``tell`` and ``tell_many``."""
    found = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                topic = node.args[1]
                if name in ("tell", "tell_many") and isinstance(topic, ast.Constant):
                    found.add(topic.value)
    return found


class TestRelay:
    def test_knows_every_told_topic(self, application):
        assert told() - set(relay.TOPICS) == set()

    def test_schedules_what_the_clock_can_say(self, application):
        assert all(utc_cron(line) for line in relay.PERIODIC.values())

    def test_names_only_hearers_that_exist(self, application):
        named = {name for names in relay.TOPICS.values() for name in names} | set(relay.PERIODIC)
        assert named - set(relay.HEARERS) == set()
