"""The pages of listings, one file a noun."""

from marketplace.listings.routes import (
    enquiries,
    life,
    public,
    review,
    wizard,
    workbench,
)
from marketplace.listings.routes.blueprint import bp

__all__ = ["bp", "enquiries", "life", "public", "review", "wizard", "workbench"]
