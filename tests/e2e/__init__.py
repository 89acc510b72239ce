"""Journeys in a real browser, against the very processes that ``make run`` starts."""
