"""People: accounts, sign-in, memberships."""
