"""Names of organizations for templates: ``{{ organization | own_name }}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.organizations.models import Organization


def own_name(organization: Organization) -> str:
    """Give the English name to readers of English if there is one, else the Chinese name."""
    if current_language() == "en" and organization.name_en:
        return organization.name_en
    return organization.name


def install(app: Flask) -> None:
    """Let templates name organizations."""
    app.jinja_env.filters["own_name"] = own_name
