"""The kernel: no Flask, no domain."""
