"""Reading terms: always through what the actor may see of the deal."""
