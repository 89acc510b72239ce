"""Finds needs and answers, always through what the actor may see."""
