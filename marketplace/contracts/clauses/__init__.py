"""The clauses: our own wording of the five kinds of technology contract, pure functions."""
