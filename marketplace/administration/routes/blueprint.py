"""The blueprint that all pages under /platform share."""

from __future__ import annotations

from flask import Blueprint

from marketplace.core.actor import PlatformRole
from marketplace.web.access import for_roles

bp = Blueprint("administration", __name__, url_prefix="/platform")

ADMINISTRATORS = for_roles(PlatformRole.ADMINISTRATOR)
STAFF = for_roles(PlatformRole.ADMINISTRATOR, PlatformRole.REVIEWER)
