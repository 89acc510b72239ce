"""Universities, institutes, enterprises and the others that trade here."""
