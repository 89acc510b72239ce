"""Long jobs that a person waits for: how far they are, how they ended, what they left."""
