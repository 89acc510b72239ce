"""Documents, engines and matching; knows nothing of tables, Flask or the marketplace."""
