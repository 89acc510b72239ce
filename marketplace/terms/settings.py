"""Figures and texts of terms that administrators keep (see ``codes.rules``)."""

from __future__ import annotations

from marketplace.codes.rules import Unit, declare
from marketplace.core.messages import N_

PRICE_NOTICE_DAYS = declare(
    "price_notice_days",
    15,
    Unit.DAYS,
    N_("Days for which an agreed price is published before signing"),
    "《浙江省促进科技成果转化条例》第17条、华中科技大学办法：不少于15日；国家法律未规定天数，武汉：未确认",
    confirmed=False,
)
OFFER_DAYS = declare(
    "terms.offer_days",
    14,
    Unit.DAYS,
    N_("Days for which an offer stays open when its sender names none"),
    "平台惯例 (2026)",
    confirmed=False,
)
LIABILITY_EXEMPTION = declare(
    "terms.liability_exemption",
    "履行勤勉尽责义务、未牟取非法利益的，对转化后续价值变化不承担责任（参照浙江条例第19条、北京条例第19条）",
    Unit.TEXT,
    N_("Liability exemption that a diligence file quotes"),
    "浙江条例第19条、北京条例第19条；武汉：未确认",
    confirmed=False,
)
REGISTRATION_DAYS = declare(
    "terms.export_registration_days",
    3,
    Unit.WORKING_DAYS,
    N_("Working days in which the export of free technology is registered"),
    "《技术进出口管理条例》第30–38条",
    confirmed=True,
)
