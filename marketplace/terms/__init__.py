"""Terms of a deal: what is offered, countered and agreed, and what must come before signing."""
