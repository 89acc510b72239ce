"""Figures about facilities that administrators keep (see ``codes.rules``)."""

from __future__ import annotations

from marketplace.codes.rules import Unit, declare
from marketplace.core.messages import N_
from marketplace.facilities.models import FacilityKind

#: The plan that sets the city's figures for 2027.
PLAN = "武汉市加快培育研发产业发展实施方案（2025—2027年）"

CENTERS = declare(
    "target_concept_centers",
    30,
    Unit.COUNT,
    N_("City-level proof-of-concept centres by the end of 2027"),
    PLAN,
    confirmed=True,
)
PLATFORMS = declare(
    "target_pilot_platforms",
    200,
    Unit.COUNT,
    N_("Pilot platforms by the end of 2027"),
    PLAN,
    confirmed=True,
)
#: Which figure is the target of a kind. Only facilities on file count towards it.
TARGETS = {FacilityKind.CONCEPT_CENTER: CENTERS, FacilityKind.PILOT_PLATFORM: PLATFORMS}
