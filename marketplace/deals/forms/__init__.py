"""What people type about deals, one file a noun."""
