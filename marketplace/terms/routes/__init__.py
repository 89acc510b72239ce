"""The pages of terms, one file a noun."""

from marketplace.terms.routes import (
    answers,
    compose,
    exports,
    notices,
    offers,
    open_licenses,
    pricing,
    tiers,
    trials,
)
from marketplace.terms.routes.blueprint import bp

__all__ = [
    "answers",
    "bp",
    "compose",
    "exports",
    "notices",
    "offers",
    "open_licenses",
    "pricing",
    "tiers",
    "trials",
]
