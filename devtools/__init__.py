"""Programs for development and tests; the product imports none of them."""
