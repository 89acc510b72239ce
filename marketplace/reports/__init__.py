"""What came of a booked use: hours and charges, the test report, the level it proves, ratings."""
