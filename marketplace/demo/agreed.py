"""Terms on which the further demo deals agreed, one contract kind each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.terms.kinds import (
    ContractKind,
    LicenseKind,
    Ownership,
    RoyaltyBase,
    RoyaltyCount,
    RoyaltyForm,
    RoyaltyPeriod,
    Sublicensing,
    TaxBearer,
)
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.value import Milestone, RoyaltyStep, Terms

if TYPE_CHECKING:
    from datetime import date, datetime

YUAN = 100


def agreed_terms(now: datetime) -> dict[str, Terms]:
    """Give the terms of the deals that came further, by the number of their listing."""
    day = beijing_day(now)
    return {
        "D-002": Terms(
            contract_kind=ContractKind.TRANSFER,
            subject="赤泥和粉煤灰制备低碳胶凝材料（发明专利 ZL202010345678.9）",
            territory="中国大陆",
            upfront_fee_minor=1_600_000 * YUAN,
            milestones=(
                _stone("技术资料与配方移交", "移交清单经双方签字", 400_000, day, 60),
                _stone("首条产线达产", "月产 5000 吨，28 天强度不低于 42.5 MPa", 600_000, day, 240),
            ),
            improvements=Ownership.MAKER,
            know_how="配方、粉磨工艺参数、检测方法",
            training="三名技术员，10 天",
            confidentiality_years=5,
            liability="提供方保证专利权合法有效；侵权责任由提供方承担",
            tax_borne_by=TaxBearer.BY_LAW,
        ),
        "D-004": Terms(
            contract_kind=ContractKind.LICENSE,
            license_kind=LicenseKind.EXCLUSIVE,
            subject="硫化物固态电解质规模化湿法制备（发明专利 ZL202210567890.9）",
            fields_of_use="车用动力电池",
            territory="中国大陆",
            term_months=96,
            sublicensing=Sublicensing.WITH_CONSENT,
            upfront_fee_minor=1_200_000 * YUAN,
            entry_fee_minor=600_000 * YUAN,
            milestones=(
                _stone("公斤级样品", "离子电导率不低于 5 mS/cm", 900_000, day, 90),
                _stone("吨级中试", "批次一致性 ±5%", 1_500_000, day, 300),
            ),
            royalty_base=RoyaltyBase.SALES,
            royalty_form=RoyaltyForm.FALLING,
            royalty_steps=(
                RoyaltyStep(from_minor=0, rate_bp=400),
                RoyaltyStep(from_minor=50_000_000 * YUAN, rate_bp=300),
                RoyaltyStep(from_minor=200_000_000 * YUAN, rate_bp=200),
            ),
            royalty_count=RoyaltyCount.YEARLY,
            royalty_period=RoyaltyPeriod.HALF_YEAR,
            minimum_annual_royalty_minor=200_000 * YUAN,
            inspects_books=True,
            improvements=Ownership.MAKER,
            know_how="溶剂体系、热处理曲线",
            confidentiality_years=10,
            liability="按《民法典》第 870、874 条",
            tax_borne_by=TaxBearer.BY_LAW,
        ),
        "D-008": Terms(
            contract_kind=ContractKind.SERVICE,
            subject="淡水鱼糜低盐凝胶增强与保水技术的产线调试服务",
            upfront_fee_minor=60_000 * YUAN,
            milestones=(
                _stone("第一阶段试产", "得率提高 3%", 60_000, day, -60),
                _stone("第二阶段试产", "保水性达到 92%", 80_000, day, 30),
            ),
            new_results=Ownership.JOINT,
            training="操作工 8 人，2 天",
            confidentiality_years=3,
            tax_borne_by=TaxBearer.BY_LAW,
        ),
        "D-009": Terms(
            contract_kind=ContractKind.TRANSFER,
            subject="设施大棚免布线环境监控系统（发明专利 ZL202010912345.X）",
            upfront_fee_minor=150_000 * YUAN,
            royalty_base=RoyaltyBase.SALES,
            royalty_form=RoyaltyForm.FIXED,
            royalty_steps=(RoyaltyStep(from_minor=0, rate_bp=300),),
            royalty_count=RoyaltyCount.YEARLY,
            royalty_period=RoyaltyPeriod.QUARTER,
            inspects_books=True,
            improvements=Ownership.LICENSEE,
            know_how="图纸、固件源代码",
            confidentiality_years=2,
            liability="按《民法典》第 870 条",
            tax_borne_by=TaxBearer.LICENSEE,
        ),
    }


def _stone(name: str, criterion: str, yuan: int, day: date, days: int) -> Milestone:
    return Milestone(
        name=name,
        criterion=criterion,
        amount_minor=yuan * YUAN,
        due_on=day + timedelta(days=days),
    )
