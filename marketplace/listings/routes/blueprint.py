"""The one blueprint that all pages of listings hang on."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext

from marketplace.listings.wording import Wording
from marketplace.web.languages import current_language
from marketplace.web.templating import money

bp = Blueprint("listings", __name__)


def wording() -> Wording:
    """Give what turns values into words of this request's language."""
    return Wording(say=gettext, money=money, language=current_language())
