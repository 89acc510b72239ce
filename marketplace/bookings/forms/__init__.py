"""Fields and messages of the pages of bookings."""
