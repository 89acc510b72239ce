"""Work with the provider: every network call stands between two transactions, never inside one."""
