"""What the table names, some domain brings."""

from __future__ import annotations

import importlib.util

from marketplace.deals import effects, guards, rules


def present(domain: str) -> bool:
    package = f"marketplace.{domain}"
    return bool(importlib.util.find_spec(package) and importlib.util.find_spec(f"{package}.wiring"))


def test_every_guard_and_needed_effect_of_a_present_domain_is_registered(app):
    missing = {
        name
        for name, domain in rules.GUARDS.items()
        if present(domain) and not guards.is_registered(name)
    }
    missing |= {
        name
        for name, domain in rules.NEEDED_EFFECTS.items()
        if present(domain) and not effects.is_registered(name)
    }
    assert missing == set()
