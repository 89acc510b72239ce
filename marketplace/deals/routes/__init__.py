"""The pages of deals, one file a noun."""

from marketplace.deals.routes import (
    boards,
    brokers,
    moving,
    opening,
    rating,
    room,
    show,
    work,
)
from marketplace.deals.routes.blueprint import bp

__all__ = ["boards", "bp", "brokers", "moving", "opening", "rating", "room", "show", "work"]
