"""Pages of bookings, by who reads them."""

from marketplace.bookings.routes import booking, mine, operating, public, resources, series
from marketplace.bookings.routes.blueprint import bp

__all__ = ["booking", "bp", "mine", "operating", "public", "resources", "series"]
