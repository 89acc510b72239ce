"""Finding deals and what stands beside them."""
