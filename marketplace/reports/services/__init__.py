"""Use cases after a booked use, by noun: uses, reports, proofs, ratings."""
