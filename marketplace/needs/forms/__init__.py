"""Forms of needs and answers."""
