"""What people do with their accounts and organizations, one file a noun."""
