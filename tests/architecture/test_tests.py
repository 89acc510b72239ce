"""A test that never runs proves nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parents[1].rglob("test_*.py"))


def called(owner: ast.ClassDef) -> set[str]:
    """Give the names of methods that the class calls on itself."""
    return {
        node.attr
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_method_of_a_test_class_is_a_test_or_used_by_one(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and not item.decorator_list:
                    assert item.name.startswith("test_") or item.name in called(node), (
                        f"{path.name}: {node.name}.{item.name}"
                    )
