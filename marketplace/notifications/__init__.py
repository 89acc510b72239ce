"""Notices to people: in the site, by e-mail at once, or gathered into a digest."""
