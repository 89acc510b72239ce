"""A test that never runs proves nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parents[1].rglob("test_*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_method_of_a_test_class_is_a_test_or_says_what_else(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    assert item.name.startswith(("test_", "_", "setup_", "teardown_")) or (
                        item.decorator_list
                    ), f"{path.name}: {node.name}.{item.name}"
