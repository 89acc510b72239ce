"""Reads resources, times and bookings, always through what the actor may see."""
