"""Use cases of matching, by noun."""
