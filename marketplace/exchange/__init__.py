"""Records in and out: import of files, export of search results."""
