"""Pages of bookings, by who reads them."""

from marketplace.bookings.routes.blueprint import bp

__all__ = ["bp"]
