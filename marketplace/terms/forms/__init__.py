"""Forms of terms, one file a noun."""
