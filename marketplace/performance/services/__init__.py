"""Use cases of performance, one file a noun."""
