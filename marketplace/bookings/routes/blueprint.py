"""The blueprint of all pages of bookings."""

from flask import Blueprint

bp = Blueprint("bookings", "marketplace.bookings")
