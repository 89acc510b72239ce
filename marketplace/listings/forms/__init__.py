"""Forms of listings: the wizard's steps, and decisions."""
