"""Reads what discovery keeps, and the tables themselves when the engine is gone."""
