"""What people do with terms, one file a noun."""
