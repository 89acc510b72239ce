"""The pages of facilities, one file a noun."""

from marketplace.facilities.routes import (
    editing,
    filing,
    life,
    public,
    questions,
    register,
    review,
    workbench,
)
from marketplace.facilities.routes.blueprint import bp

__all__ = [
    "bp",
    "editing",
    "filing",
    "life",
    "public",
    "questions",
    "register",
    "review",
    "workbench",
]
