"""Figures of amendments that administrators keep (see ``codes.rules``)."""

from __future__ import annotations

from marketplace.codes.rules import Unit, declare
from marketplace.core.messages import N_

RECORDING_DAYS = declare(
    "amendments.recording_days",
    30,
    Unit.DAYS,
    N_("Days in which the change of a registered contract is recorded"),
    "《技术合同认定登记管理办法》的变更登记：期限未确认",
    confirmed=False,
)
RECORDING_OFFICE = declare(
    "amendments.recording_office",
    "原技术合同认定登记机构",
    Unit.TEXT,
    N_("Office where the change of a registered contract is recorded"),
    "《技术合同认定登记管理办法》：变更向原登记机构办理；武汉各登记点：未确认",
    confirmed=False,
)
