"""Reads matches, mutes, weights and figures."""
