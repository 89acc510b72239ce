"""Technology managers: their register, mandates, introductions, claims and ratings."""
