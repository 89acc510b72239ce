"""Use cases of facilities, one file a noun."""
