"""A real Elasticsearch of one node for tests, out of its published libraries."""
