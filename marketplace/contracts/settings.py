"""Figures of registration and subsidy that administrators keep (see ``codes.rules``)."""

from __future__ import annotations

from marketplace.codes.rules import Unit, declare
from marketplace.core.messages import N_

REGISTRATION_OFFICE = declare(
    "contracts.registration_office",
    "卖方（研究开发方、让与方、许可方、受托方）所在地的技术合同认定登记机构",
    Unit.TEXT,
    N_("Office where technology contracts are registered"),
    "《技术合同认定登记管理办法》：卖方所在地一次登记；武汉各登记点：未确认",
    confirmed=False,
)
REGISTRATION_DAYS = declare(
    "contracts.registration_days",
    30,
    Unit.DAYS,
    N_("Days in which the office answers a filed contract"),
    "旧版《技术合同认定登记管理办法》30日；新办法2024年12月征求意见，正式文本：未确认",
    confirmed=False,
)
RECORDING_MONTHS = declare(
    "contracts.patent_recording_months",
    3,
    Unit.MONTHS,
    N_("Months in which a patent license is recorded at the patent office"),
    "《专利法实施细则》第15条",
    confirmed=True,
)
SUBSIDY_BP = declare(
    "contracts.subsidy_bp",
    200,
    Unit.BASIS_POINTS,
    N_("Subsidy as a share of the money received"),
    "武汉市2025年技术交易补贴（一所高校的通知）；2026年办法：未确认",
    confirmed=False,
)
SUBSIDY_CAP = declare(
    "contracts.subsidy_cap_minor",
    100_000_000,
    Unit.FEN,
    N_("Largest subsidy of one applicant in a year"),
    "武汉市2025年技术交易补贴：每家最高100万元（一所高校的通知）；2026年办法：未确认",
    confirmed=False,
)
