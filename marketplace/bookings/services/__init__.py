"""The use cases of bookings; ``use`` is what higher domains go on from."""

from marketplace.bookings.services.use import complete, mark_no_show, start_use

__all__ = ["complete", "mark_no_show", "start_use"]
