"""How an organization comes in: application with proof, review, public page, members."""
