"""Hanqiao: the marketplace's own domains. Importing a rule must not start the application."""
