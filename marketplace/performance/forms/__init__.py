"""Forms of performance, one file a noun."""
