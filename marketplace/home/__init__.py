"""The first page and the plain text pages."""
