"""Pages of bookings, by who reads them."""

from marketplace.bookings.routes import (
    booking,
    changing,
    mine,
    operating,
    public,
    resources,
    series,
)
from marketplace.bookings.routes.blueprint import bp

__all__ = ["booking", "bp", "changing", "mine", "operating", "public", "resources", "series"]
