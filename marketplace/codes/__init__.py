"""Code lists of the field: industries, disciplines, places and working days."""
