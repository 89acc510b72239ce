"""The pages of finding; each subject's views stand in a file of their own."""

from marketplace.discovery.routes import collections, compare, saved, search

blueprints = (
    search.bp,
    compare.bp,
    saved.bp,
    collections.bp,
)
