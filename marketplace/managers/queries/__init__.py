"""Finding entries of the register, mandates, introductions, claims and ratings."""

from marketplace.managers.queries.mandates import get_mandate, list_mandates
from marketplace.managers.queries.record import list_introductions, list_ratings, rating_of
from marketplace.managers.queries.register import (
    counts,
    find_own,
    get_active_manager,
    get_manager,
    list_register,
)

__all__ = [
    "counts",
    "find_own",
    "get_active_manager",
    "get_manager",
    "get_mandate",
    "list_introductions",
    "list_mandates",
    "list_ratings",
    "list_register",
    "rating_of",
]
