"""Finds what performance keeps; whoever calls has loaded the deal as visible to the actor."""
