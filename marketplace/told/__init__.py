"""Facts of all domains as notices: who is told what, and where it leads."""
