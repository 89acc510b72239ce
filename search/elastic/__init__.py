"""The engine on Elasticsearch, 8.14 or newer."""
