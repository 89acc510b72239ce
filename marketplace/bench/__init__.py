"""Measures the product: ``flask bench …``."""
