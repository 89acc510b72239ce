"""The words under which the choices of tables are known, Chinese first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.codes.code import folded
from marketplace.core.cooperation import CooperationForm
from marketplace.listings.models import (
    ExportControl,
    IpRightKind,
    LegalStatus,
    SourceChannel,
)
from marketplace.needs.models import Confidentiality, NeedKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.core.enums import LabelledEnum


def words_of(chinese: Mapping[LabelledEnum, str]) -> dict[str, str]:
    """Map every folded word to its key: Chinese words, then labels and keys in English."""
    found: dict[str, str] = {}
    for member, names in chinese.items():
        for name in (*names.split(), member.label, member.value):
            found.setdefault(folded(name), member.value)
    return found


COOPERATION = words_of(
    {
        CooperationForm.TRANSFER: "转让 技术转让 专利转让",
        CooperationForm.EXCLUSIVE_LICENSE: "独占许可 独占实施许可",
        CooperationForm.SOLE_LICENSE: "排他许可 排他实施许可",
        CooperationForm.ORDINARY_LICENSE: "普通许可 许可 技术许可 专利许可 普通实施许可",
        CooperationForm.OPEN_LICENSE: "开放许可 专利开放许可",
        CooperationForm.DEVELOPMENT: "合作开发 委托开发 技术开发 合作研发",
        CooperationForm.EQUITY: "作价入股 作价投资 技术入股",
        CooperationForm.USE_FIRST: "先使用后付费 先用后付",
        CooperationForm.CONSULTING: "技术咨询 技术服务 咨询 服务",
    }
)
RIGHT_KINDS = words_of(
    {
        IpRightKind.INVENTION_PATENT: "发明专利 发明 发明授权 发明申请",
        IpRightKind.UTILITY_MODEL: "实用新型 实用新型专利",
        IpRightKind.DESIGN: "外观设计 外观设计专利 外观",
        IpRightKind.SOFTWARE: "软件著作权 软著 计算机软件著作权",
        IpRightKind.PLANT_VARIETY: "植物新品种",
        IpRightKind.LAYOUT_DESIGN: "集成电路布图设计 布图设计",
        IpRightKind.KNOW_HOW: "技术秘密 专有技术",
    }
)
LEGAL_STATUS = words_of(
    {
        LegalStatus.APPLIED: "已申请 申请 申请中 实质审查 实审",
        LegalStatus.PUBLISHED: "已公开 公开",
        LegalStatus.GRANTED: "已授权 授权 有效 有权",
        LegalStatus.LAPSED: "已失效 失效 终止 无效",
        LegalStatus.REFUSED: "已驳回 驳回",
    }
)
SOURCES = words_of(
    {
        SourceChannel.SERVICE: "职务成果 职务科技成果",
        SourceChannel.NATIONAL_PROGRAM: "国家计划 国家科技计划",
        SourceChannel.PROVINCIAL_PROGRAM: "省级计划 省科技计划",
        SourceChannel.CITY_PROGRAM: "市级计划 市科技计划",
        SourceChannel.ENTERPRISE: "企业委托 横向项目",
        SourceChannel.COMPETITION: "竞赛 大赛",
        SourceChannel.IMPORT: "批量导入",
        SourceChannel.OTHER: "其他",
    }
)
EXPORT_CONTROL = words_of(
    {
        ExportControl.UNCHECKED: "未核查 未判定",
        ExportControl.FREE: "自由出口 可自由出口",
        ExportControl.RESTRICTED: "限制出口",
        ExportControl.PROHIBITED: "禁止出口",
    }
)
NEED_KINDS = words_of(
    {
        NeedKind.TECHNOLOGY: "技术需求 技术",
        NeedKind.TALENT: "人才需求 人才",
        NeedKind.FINANCE: "融资需求 融资 资金",
    }
)
CONFIDENTIALITY = words_of(
    {
        Confidentiality.NAMED: "公开 公开名称",
        Confidentiality.VERIFIED: "认证可见 认证单位可见",
        Confidentiality.ON_CONSENT: "同意后可见 保密",
    }
)
LANGUAGES = {
    "中文": "zh",
    "zh": "zh",
    "chinese": "zh",
    "zh-cn": "zh",
    "汉语": "zh",
    "英文": "en",
    "en": "en",
    "english": "en",
    "英语": "en",
}
