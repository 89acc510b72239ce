"""The city's board: targets of 2027 and deals, each number opening to the records behind it."""
