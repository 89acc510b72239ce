"""Where payments take part in the application."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from marketplace.core import failpoints
from marketplace.payments.gateway.provider import open_gateway

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Connect to the provider and arm fail-points (never in production)."""
    own = app.extensions["hanqiao.settings"]
    app.extensions["hanqiao.parts"].gateway = open_gateway(own)
    if own.is_development:
        failpoints.arm(os.environ.get("HANQIAO_FAILPOINTS", ""))
