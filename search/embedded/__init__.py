"""The engine in a folder: tantivy for words and facets, vectors in mapped files."""
