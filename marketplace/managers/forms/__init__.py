"""What people type about entries of the register, credentials and mandates."""
