"""The one blueprint that all pages of facilities hang on."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext

from marketplace.facilities.wording import Wording
from marketplace.web.languages import current_language

bp = Blueprint("facilities", __name__)


def wording() -> Wording:
    """Give what turns values into words of this request's language."""
    return Wording(say=gettext, language=current_language())
