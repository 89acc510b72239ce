"""Compare answers with Stripe's OpenAPI description and with the mock server's answers."""

from __future__ import annotations

import re
from typing import Any

JSON_TYPES = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}


def bare(path: str) -> str:
    """Take the names of ids out of a path: /v1/charges/{charge} becomes /v1/charges/{}."""
    return re.sub(r"\{\w+\}", "{}", path)


class Description:
    """Stripe's description of its interface."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.schemas = document["components"]["schemas"]
        self.paths = {bare(path): methods for path, methods in document["paths"].items()}

    def resolve(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rpartition("/")[2]]
        return schema

    def operation(self, method: str, path: str) -> dict[str, Any]:
        return self.paths[bare(path)][method.lower()]

    def answer(self, method: str, path: str) -> dict[str, Any]:
        return self.operation(method, path)["responses"]["200"]["content"]["application/json"][
            "schema"
        ]

    def parameters(self, method: str, path: str) -> dict[str, Any]:
        """Give the parameters of an operation with their schemas."""
        known = self.operation(method, path)
        body = known.get("requestBody", {}).get("content", {})
        schema = body.get("application/x-www-form-urlencoded", {}).get("schema", {})
        query = {
            each["name"]: each["schema"]
            for each in known.get("parameters", [])
            if each["in"] == "query"
        }
        return {**query, **schema.get("properties", {})}

    def problems(self, value: Any, schema: dict[str, Any], at: str = "") -> list[str]:
        """List where a value is not as a schema says."""
        nullable = schema.get("nullable")
        schema = self.resolve(schema)
        if value is None:
            return [] if nullable or schema.get("nullable") else [f"{at}: null is not allowed"]
        if "anyOf" in schema:
            return min((self.problems(value, one, at) for one in schema["anyOf"]), key=len)
        kind = schema.get("type")
        if (kind and not _is(value, kind)) or value not in schema.get("enum", [value]):
            return [f"{at}: {schema.get('enum') or kind} expected, not {value!r}"]
        if kind == "array":
            return [
                found
                for place, each in enumerate(value)
                for found in self.problems(each, schema["items"], f"{at}[{place}]")
            ]
        return self._members(value, schema, at) if kind == "object" else []

    def _members(self, value: dict[str, Any], schema: dict[str, Any], at: str) -> list[str]:
        known = schema.get("properties", {})
        others = schema.get("additionalProperties")
        found = [f"{at}.{n}: is missing" for n in schema.get("required", []) if n not in value]
        for name, inner in value.items():
            if name in known:
                found += self.problems(inner, known[name], f"{at}.{name}")
            elif isinstance(others, dict):
                found += self.problems(inner, others, f"{at}.{name}")
            elif known:
                found.append(f"{at}.{name}: is not described")
        return found


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind in {"integer", "number"}:
        return False
    return isinstance(value, JSON_TYPES[kind])


def unlike(ours: Any, theirs: Any, at: str = "") -> list[str]:
    """List what the mock server's answer has and ours has not, or has in another type."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        if ours.get("object") != theirs.get("object"):  # another kind: the description checks it
            return []
        found = [f"{at}.{name}: is missing" for name in theirs if name not in ours]
        for name in (theirs.keys() & ours.keys()) - {"metadata"}:
            found += unlike(ours[name], theirs[name], f"{at}.{name}")
        return found
    if isinstance(ours, list) and isinstance(theirs, list):
        return unlike(ours[0], theirs[0], f"{at}[0]") if ours and theirs else []
    # A reference may be open in the one and closed in the other.
    known = ours is None or theirs is None or {type(ours), type(theirs)} == {str, dict}
    if known or type(ours) is type(theirs):
        return []
    return [f"{at}: {type(theirs).__name__} expected, not {ours!r}"]
