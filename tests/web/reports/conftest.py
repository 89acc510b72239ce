"""Fixtures that tests of reports share."""

from __future__ import annotations

from tests.report_sides import (  # noqa: F401 — fixtures
    booking,
    listing,
    operator,
    operator_user,
    organization,
    resource,
    user,
)
