"""Needs and listings brought together, with reasons, and what came of it."""
