"""Finding: the search pages, saved searches, collections, comparing."""
