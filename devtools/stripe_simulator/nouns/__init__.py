"""What the simulator knows, one module per noun. Importing them fills the operations."""
