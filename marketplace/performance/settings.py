"""Figures of performance that administrators keep (see ``codes.rules``)."""

from __future__ import annotations

from marketplace.codes.rules import Unit, declare
from marketplace.core.messages import N_

_PRACTICE = "平台惯例 (2026)"

CALL_DAYS = declare(
    "milestone_call_days",
    30,
    Unit.DAYS,
    N_("Days before its due day on which a milestone is called for payment"),
    _PRACTICE,
    confirmed=False,
)
ALARM_DAYS = declare(
    "milestone_alarm_days",
    60,
    Unit.DAYS,
    N_("Days after payment on which an unreleased milestone raises an alarm"),
    _PRACTICE,
    confirmed=False,
)
STOP_DAYS = declare(
    "milestone_stop_days",
    75,
    Unit.DAYS,
    N_("Days after payment on which an unreleased milestone stops further payments"),
    _PRACTICE,
    confirmed=False,
)
REPORT_DAYS = declare(
    "royalty_report_days",
    30,
    Unit.DAYS,
    N_("Days after a period's end within which its royalty is reported"),
    _PRACTICE,
    confirmed=False,
)
PAY_DAYS = declare(
    "royalty_pay_days",
    30,
    Unit.DAYS,
    N_("Days after the report within which a royalty is paid"),
    "本平台合同文本：报送之日起30日内支付",
    confirmed=True,
)
INTEREST_BP = declare(
    "late_interest_bp",
    300,
    Unit.BASIS_POINTS,
    N_("Interest a year on what is paid late, where the contract names none"),
    "本平台合同文本：一年期贷款市场报价利率；2025年为3.00%，现值以全国银行间同业拆借中心公布为准",
    confirmed=False,
)
INTEREST_DAYS = declare(
    "late_interest_pay_days",
    30,
    Unit.DAYS,
    N_("Days after its claim within which interest is paid"),
    _PRACTICE,
    confirmed=False,
)
INSPECTION_DAYS = declare(
    "royalty_inspection_notice_days",
    10,
    Unit.DAYS,
    N_("Days of notice before the licensor inspects books"),
    "本平台合同文本：提前十日通知；《民法典》第八百四十六条",
    confirmed=True,
)
LATE_REMINDER_DAYS = declare(
    "late_reminder_days",
    7,
    Unit.DAYS,
    N_("Days between two reminders of what is late"),
    _PRACTICE,
    confirmed=False,
)
INVENTOR_FLOOR_BP = declare(
    "inventor_share_floor_bp",
    5000,
    Unit.BASIS_POINTS,
    N_("Least part of net income for inventors by national law"),
    "《促进科技成果转化法》第四十五条",
    confirmed=True,
)
HUBEI_BP = declare(
    "hubei_share_bp",
    7000,
    Unit.BASIS_POINTS,
    N_("Part of net income for the team in Hubei"),
    "湖北省2024—2026年科技成果转化行动方案：不低于70%",
    confirmed=False,
)
STAFF_BP = declare(
    "transfer_staff_bp",
    500,
    Unit.BASIS_POINTS,
    N_("Proposed part of net income for transfer staff"),
    "湖北省方案：从单位所得部分支付",
    confirmed=False,
)
COLLEGE_BP = declare(
    "college_share_bp",
    1000,
    Unit.BASIS_POINTS,
    N_("Proposed part of net income for the college"),
    _PRACTICE,
    confirmed=False,
)
AWARD_NOTICE_DAYS = declare(
    "award_notice_days",
    15,
    Unit.DAYS,
    N_("Days for which an award notice is public"),
    "《浙江省促进科技成果转化条例》第三十九条：不少于15日",
    confirmed=False,
)
COMMISSION_DAYS = declare(
    "commission_pay_days",
    30,
    Unit.DAYS,
    N_("Days after its invoice within which a commission is paid"),
    _PRACTICE,
    confirmed=False,
)
