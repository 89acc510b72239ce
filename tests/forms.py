"""Reads a page's form as a browser would send it."""

from __future__ import annotations

from tests.clients import parsed


def typed(answer):
    """The fields of the page's first form, as a author would send them."""
    found: dict[str, list[str]] = {}
    for element in parsed(answer).iter():
        name = element.get("name")
        if not name or element.tag not in ("input", "textarea", "select"):
            continue
        if element.tag == "select":
            values = [o.get("value") for o in element.iter("option") if "selected" in o.attrib]
            values = values or [next(o.get("value") for o in element.iter("option"))]
        elif element.tag == "textarea":
            values = [(element.text or "").removeprefix("\r\n")]
        elif element.get("type") in ("checkbox", "radio"):
            values = [element.get("value")] if "checked" in element.attrib else []
        elif element.get("type") in ("file", "search"):
            values = []
        else:
            values = [element.get("value", "")]
        found.setdefault(name, []).extend(values)
    return found
