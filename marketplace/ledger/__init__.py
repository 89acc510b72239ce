"""The one double-entry book: every figure of money that is shown comes from here.

A transaction and its lines are written at once; its place in the chain of hashes (a ``Seal``) is
written with the commit, under one lock, so that no caller ever waits for another's lock while it
holds the book's. A deferred trigger refuses transactions that don't sum to zero or have no seal.
"""
