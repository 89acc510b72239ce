"""Forms of facilities: the steps of the text, and the decisions beside them."""
