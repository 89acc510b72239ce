"""Forms of matching, by what they ask."""
