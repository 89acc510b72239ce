"""What enterprises look for: technology, talent, finance."""
