"""Figures of bookings that administrators keep (see ``codes.rules``)."""

from __future__ import annotations

from marketplace.codes.rules import Unit, declare
from marketplace.core.messages import N_

EARLY_MINUTES = declare(
    "use_early_minutes",
    30,
    Unit.MINUTES,
    N_("Minutes before the booked time from which a use may begin without the user's word"),
    "平台惯例 (2026)",
    confirmed=False,
)
