"""Pure rules of performance, one file a noun."""
