"""The search index as a copy of the tables: writing, checking and asking it."""
