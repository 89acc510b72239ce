"""Figures of deals that administrators keep (see ``codes.rules``)."""

from __future__ import annotations

from marketplace.codes.rules import Unit, declare
from marketplace.core.messages import N_
from marketplace.deals.models import RUNNING, DealStage

_PRACTICE = "平台惯例 (2026)"

_LABELS = {
    DealStage.INQUIRY: N_("Days in “first contact” after which a deal is marked as stuck"),
    DealStage.CONFIDENTIALITY: N_(
        "Days in “signing confidentiality” after which a deal is marked as stuck"
    ),
    DealStage.DUE_DILIGENCE: N_("Days in “due diligence” after which a deal is marked as stuck"),
    DealStage.TERMS: N_("Days in “negotiating terms” after which a deal is marked as stuck"),
    DealStage.NOTICE: N_("Days in “approval and notice” after which a deal is marked as stuck"),
    DealStage.SIGNED: N_("Days in “contract signed” after which a deal is marked as stuck"),
    DealStage.PERFORMING: N_("Days in “in performance” after which a deal is marked as stuck"),
}
_DAYS = {
    DealStage.INQUIRY: 7,
    DealStage.CONFIDENTIALITY: 10,
    DealStage.DUE_DILIGENCE: 30,
    DealStage.TERMS: 30,
    DealStage.NOTICE: 30,
    DealStage.SIGNED: 30,
    DealStage.PERFORMING: 365,
}

#: Stage → the figure of its timer.
STUCK: dict[DealStage, str] = {
    stage: declare(
        f"deals.stuck_days_{stage.value}",
        _DAYS[stage],
        Unit.DAYS,
        _LABELS[stage],
        _PRACTICE,
        confirmed=False,
    )
    for stage in RUNNING
}
SILENT_DAYS = declare(
    "deals.silent_days",
    180,
    Unit.DAYS,
    N_("Days of silence before signing after which a deal lapses by itself"),
    _PRACTICE,
    confirmed=False,
)
REMIND_DAYS = declare(
    "deals.remind_days",
    2,
    Unit.DAYS,
    N_("Days before a task is due on which its side is reminded"),
    _PRACTICE,
    confirmed=False,
)
SECRECY_YEARS = declare(
    "deals.confidentiality_years",
    5,
    Unit.YEARS,
    N_("Years for which a confidentiality agreement binds"),
    _PRACTICE,
    confirmed=False,
)
