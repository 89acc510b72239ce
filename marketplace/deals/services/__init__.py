"""What people do with deals, one file a noun."""
