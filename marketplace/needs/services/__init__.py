"""What people do with needs and answers; every use case is one function."""
