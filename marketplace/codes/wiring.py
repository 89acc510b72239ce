"""Names of codes for templates: ``{{ organization.district_code | district }}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from flask import Flask


def industry(code: str) -> str:
    """Give an industry's name in the reader's language."""
    return INDUSTRIES.label(code, current_language())


def district(code: str) -> str:
    """Give a place's name in the reader's language."""
    return DISTRICTS.label(code, current_language())


def discipline(code: str) -> str:
    """Give a discipline's name in the reader's language."""
    return FIELDS.label(code, current_language())


def install(app: Flask) -> None:
    """Let templates name codes."""
    app.jinja_env.filters.update(industry=industry, district=district, discipline=discipline)
