"""What was refused leaves no trace: no route answers a broken rule as if all had gone well.

The edge commits every answer below 400. A route that catches a broken rule therefore either
answers with 4xx, or undoes what the step had begun before it redirects.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "marketplace"
ROUTES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("*.py")
    if "routes" in path.relative_to(ROOT).as_posix()
)
REFUSALS = frozenset({"RuleBroken", "EditedElsewhere", "MarketplaceError", "SlotTaken", "Frozen"})
#: Answers that count as gone well.
KEEPING = frozenset({"flash", "see_other", "redirect"})


def _called(node: ast.AST) -> set[str]:
    return {
        call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    }


def faults(source: str) -> list[int]:
    """Give the lines of handlers that would let half of a refused step be committed."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ExceptHandler) or node.type is None:
            continue
        caught = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)}
        called = {name for line in node.body for name in _called(line)}
        bare_json = any(
            isinstance(part, ast.Return)
            and isinstance(part.value, ast.Call)
            and getattr(part.value.func, "id", "") == "jsonify"
            for part in node.body
        )
        keeps = called & KEEPING or bare_json
        if caught & REFUSALS and keeps and not called & {"flash_refusal", "rollback"}:
            found.append(node.lineno)
    return found


class TestRefusals:
    @pytest.mark.parametrize("name", ROUTES)
    def test_no_route_keeps_half_of_a_refused_step(self, name):
        assert faults((ROOT / name).read_text(encoding="utf-8")) == []

    @pytest.mark.parametrize(
        "body",
        [
            "flash(str(error))",
            "return see_other(url)",
            "return jsonify(message=str(error))",
        ],
    )
    def test_finds_such_a_route(self, body):
        assert faults(f"try:\n    step()\nexcept RuleBroken as error:\n    {body}\n") == [3]

    @pytest.mark.parametrize(
        "body",
        [
            "flash_refusal(error)",
            "db.session.rollback(); flash(str(error))",
            "form.reject(error)",
            "return jsonify(message=str(error)), 422",
        ],
    )
    def test_lets_honest_ones_pass(self, body):
        assert faults(f"try:\n    step()\nexcept RuleBroken as error:\n    {body}\n") == []
