"""The steps of writing a listing, and what its author has written."""

from __future__ import annotations

from marketplace.listings import queries
from marketplace.listings.content import author_content


def address(listing, step):
    return f"/listings/{listing.id}/edit/{step}"


def content(session, make, listing, user):
    return author_content(queries.get_own_listing(session, listing.id, actor=make.actor(user)))
