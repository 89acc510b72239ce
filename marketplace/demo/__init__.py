"""Made-up records for a first look; every one is marked as such."""
