"""Flask for all domains; knows none of them."""
