"""Measures how well the engine and matching find; reads files and writes scratch indexes alone."""
