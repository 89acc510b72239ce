"""What a record may say in a table: the names of columns in both languages, and examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.codes.code import folded
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterable


class ImportKind(LabelledEnum):
    """What a file holds."""

    RESULTS = "results", N_("Research results")
    PATENTS = "patents", N_("Patents")
    NEEDS = "needs", N_("Technical needs")
    FACILITIES = "facilities", N_("Centres, platforms and laboratories")


@dataclass(frozen=True)
class Field:
    """One column of a table: its key, its names, and what may stand in it."""

    key: str
    zh: str
    en: str
    #: Further names that are recognized, in any case and width.
    also: tuple[str, ...] = ()
    example_zh: str = ""
    example_en: str = ""

    def name(self, language: str) -> str:
        """Give the column's name in a language."""
        return self.zh if language == "zh" else self.en

    def example(self, language: str) -> str:
        """Give an example in a language."""
        return (self.example_zh if language == "zh" else self.example_en) or self.example_zh


def _f(  # noqa: PLR0917 — a line of a table
    key: str, zh: str, en: str, also: str = "", example: str = "", english: str = ""
) -> Field:
    return Field(key, zh, en, tuple(also.split("|")) if also else (), example, english)


_COMMON = (
    _f("language", "语言", "Language", "lang|语种", "中文", "English"),
    _f(
        "keywords",
        "关键词",
        "Keywords",
        "关键字|keyword|标签",
        "激光焊接；在线监测",
        "laser welding; monitoring",
    ),
    _f(
        "keywords_en",
        "英文关键词",
        "Keywords in English",
        "keywords en",
        "laser welding; monitoring",
    ),
    _f(
        "industry",
        "应用行业",
        "Industry",
        "行业|所属行业|industries|行业代码",
        "专用设备制造业",
    ),
    _f(
        "field",
        "学科",
        "Discipline",
        "学科领域|所属学科|一级学科|field|学科代码",
        "机械工程",
    ),
    _f(
        "cooperation",
        "合作方式",
        "Cooperation",
        "转化方式|拟转化方式|合作形式|交易方式|cooperation forms",
        "普通许可；作价入股",
        "ordinary license; equity",
    ),
)

_LISTING = (
    _f(
        "summary",
        "一句话简介",
        "Summary",
        "简述|摘要（一句话）|成果概要",
        "焊缝缺陷识别率由 82% 提高到 97%。",
        "Finds 97% of weld defects instead of 82%.",
    ),
    _f("plain_summary", "通俗介绍", "Plain summary", "科普介绍|通俗说明", ""),
    _f(
        "problem",
        "解决的问题",
        "Problem solved",
        "解决问题|拟解决问题|problem",
        "人工巡检漏检焊缝缺陷",
    ),
    _f(
        "gain",
        "与现有方案相比的提升",
        "Gain",
        "技术优势|先进性|创新点|advantages|与现有技术对比",
        "漏检率降低 15 个百分点",
    ),
    _f(
        "abstract",
        "成果简介",
        "Abstract",
        "摘要|简介|技术简介|成果介绍|内容|abstract|description|项目简介|技术方案",
        "基于多光谱的焊接过程在线监测系统，已在三条产线连续运行。",
        "An online monitoring system for welding, in use on three lines.",
    ),
    _f(
        "trl",
        "技术成熟度",
        "TRL",
        "成熟度|成熟度等级|技术就绪度|readiness|技术成熟度等级|trl level",
        "7",
    ),
    _f("next_step", "下一步计划", "Next step", "下一步|后续计划", ""),
    _f(
        "inventors",
        "完成人",
        "Inventors",
        "发明人|成果完成人|负责人|主要完成人|作者|authors|inventor|设计人|发明(设计)人",
        "李明（机械学院）；王芳",
        "Li Ming; Wang Fang",
    ),
    _f("year", "完成年份", "Year", "年份|完成时间|成果年份|year of completion", "2025"),
    _f("source_channel", "成果来源", "Source", "成果来源渠道", "国家计划", "national program"),
    _f(
        "price",
        "价格（万元）",
        "Price (10,000 CNY)",
        "报价|价格|转让价格|意向价格|报价(万元)|价格(万元)|price|参考价",
        "80",
    ),
    _f(
        "price_max",
        "价格上限（万元）",
        "Upper price (10,000 CNY)",
        "最高价|价格上限|price max",
        "120",
    ),
    _f("terms", "合作条件", "Conditions", "交易条件|terms", ""),
    _f("export_control", "出口管制", "Export control", "出口限制", "自由出口", "free to export"),
    _f(
        "title_en",
        "英文名称",
        "Title in English",
        "英文题名|英文标题|title en|english title",
        "Online monitoring of laser welding",
    ),
    _f("summary_en", "英文简介", "Summary in English", "summary en", ""),
    _f("problem_en", "英文解决的问题", "Problem in English", "problem en", ""),
    _f("gain_en", "英文提升", "Gain in English", "gain en", ""),
    _f("abstract_en", "英文摘要", "Abstract in English", "abstract en|英文详细介绍", ""),
    _f(
        "right_number",
        "专利号",
        "Patent number",
        "申请号|专利申请号|知识产权编号|专利号/申请号|授权号|patent no|申请(专利)号|登记号",
        "ZL201710601862.3",
    ),
    _f(
        "right_kind",
        "知识产权类型",
        "Kind of right",
        "专利类型|专利类别|知识产权类别|patent type|patent kind",
        "发明专利",
        "invention patent",
    ),
    _f(
        "right_applicant",
        "申请人",
        "Applicant",
        "专利权人|权利人|申请(专利权)人|当前权利人|applicant|assignee",
        "",
    ),
    _f("right_filed_on", "申请日", "Filed on", "申请日期|filing date", "2017-07-21"),
    _f("right_granted_on", "授权日", "Granted on", "授权公告日|授权日期|grant date", "2019-05-03"),
    _f("right_expires_on", "到期日", "Expires on", "有效期至|届满日|expiry date", ""),
    _f(
        "right_status",
        "法律状态",
        "Legal status",
        "专利状态|当前法律状态|legal status",
        "已授权",
        "granted",
    ),
    _f("right_renewal", "年费到期日", "Renewal due on", "年费截止日|renewal due", ""),
)

_RESULT = (
    _f(
        "external_id",
        "成果编号",
        "Number",
        "编号|成果登记号|id|external_id|number|record id|项目编号",
        "HG-2025-001",
    ),
    _f(
        "title",
        "成果名称",
        "Title",
        "名称|标题|题名|题目|项目名称|title|name|技术名称",
        "激光焊接过程在线监测系统",
        "Online monitoring of laser welding",
    ),
)
_PATENT = (
    _f("external_id", "内部编号", "Number", "编号|id|external_id|number|案卷号", "P-001"),
    _f(
        "title",
        "专利名称",
        "Title",
        "名称|标题|发明名称|题名|title|name|专利标题",
        "一种激光焊缝检测装置",
        "A device that inspects laser welds",
    ),
)
_NEED = (
    _f("external_id", "需求编号", "Number", "编号|id|external_id|number", "XQ-2026-01"),
    _f(
        "title",
        "需求名称",
        "Title",
        "名称|标题|需求标题|难题名称|title|name|项目名称",
        "降低焊缝漏检率",
        "Miss fewer weld defects",
    ),
    _f("reference", "参照编号", "Reference", "reference|ref|对应成果", ""),
    _f(
        "problem",
        "需求描述",
        "Problem",
        "技术难题|问题描述|需求内容|难题描述|需求说明|拟解决问题|text|problem|description|需求",
        "人工巡检每班漏检 18% 的焊缝缺陷",
        "Inspectors miss 18% of weld defects a shift",
    ),
    _f("kind", "需求类型", "Kind", "类型|需求类别|kind|type", "技术需求", "technology need"),
    _f("situation", "现状", "Situation today", "目前状况|企业现状|situation", ""),
    _f(
        "parameters",
        "指标（名称|单位|现值|目标值）",
        "Figures (name|unit|now|wanted)",
        "指标|技术指标|参数|figures|parameters",
        "漏检率|%|18|3",
    ),
    _f("constraints", "约束条件", "Constraints", "限制条件|constraints", ""),
    _f(
        "budget_min",
        "预算下限（万元）",
        "Budget from (10,000 CNY)",
        "预算下限|最低预算|budget min",
        "50",
    ),
    _f(
        "budget_max",
        "预算上限（万元）",
        "Budget up to (10,000 CNY)",
        "预算|预算上限|投入预算|预算(万元)|预算金额|拟投入资金|budget|budget max",
        "120",
    ),
    _f("deadline", "截止日期", "Deadline", "截止时间|期限|需求截止|有效期|deadline", "2027-03-31"),
    _f(
        "confidentiality",
        "名称公开范围",
        "Who sees our name",
        "保密级别|公开范围|confidentiality",
        "认证可见",
        "verified",
    ),
    _f("acceptance", "验收标准", "Acceptance", "验收要求|acceptance criteria|acceptance", ""),
    _f("ip_wishes", "知识产权要求", "Wishes about intellectual property", "知识产权归属|ip", ""),
    _f("trl_min", "成熟度要求", "TRL at least", "最低成熟度|期望成熟度|trl|trl min", "6"),
    _f("title_en", "英文名称", "Title in English", "title en|英文标题", ""),
    _f("problem_en", "英文描述", "Problem in English", "problem en", ""),
)

_FACILITY = (
    _f("external_id", "内部编号", "Number", "编号|id|external_id|number", "PT-001"),
    _f(
        "title",
        "名称",
        "Name",
        "平台名称|机构名称|设施名称|title",
        "示例中试平台",
        "Example platform",
    ),
    _f("title_en", "英文名称", "Name in English", "name en", "Example platform"),
    _f("kind", "类型", "Kind", "类别|平台类型|type", "中试平台", "pilot platform"),
    _f("summary", "一句话简介", "Summary", "简介|概要", "1–200 kg 批次的湿法放大。", ""),
    _f("about", "详细介绍", "Description", "介绍|description", ""),
    _f("district", "所在区", "District", "区|行政区|区划", "东湖新技术开发区"),
    _f("address", "地址", "Address", "详细地址", "高新四路 88 号"),
    _f("contact_name", "联系人", "Contact", "contact name", "冯平台"),
    _f("contact_phone", "联系电话", "Phone", "电话|手机", "027-85550101"),
    _f("contact_email", "联系邮箱", "E-mail", "邮箱|email", "service@example.com"),
    _f("trl_from", "成熟度起", "TRL from", "成熟度下限", "4"),
    _f("trl_to", "成熟度止", "TRL to", "成熟度上限", "6"),
    _f("services", "中试服务", "Pilot services", "服务|服务内容", "工艺放大；性能测试", "scale_up"),
    _f(
        "verifications",
        "验证类型",
        "Kinds of verification",
        "概念验证类型",
        "原理验证",
        "principle",
    ),
    _f(
        "capabilities",
        "能力（工序|物料|下限|上限|单位|产出）",
        "Capability (operation|material|from|to|unit|output)",
        "能力|加工能力|capability",
        "湿法合成|无机盐溶液|1|200|kg|电子级溶液",
    ),
    _f(
        "instruments",
        "设备（名称|型号|数量）",
        "Instruments (name|model|count)",
        "设备|仪器|产线|主要设备|instruments",
        "200 L 湿法合成线|WS-200|1；激光粒度仪|LS-5|2",
    ),
    _f("hours", "开放时间", "Opening hours", "营业时间|服务时间", "1-5 09:00-17:00"),
    _f("filing_level", "备案级别", "Filing level", "级别", "市级", "city"),
    _f("filing_number", "备案号", "Filing number", "备案编号", ""),
    _f("filed_on", "备案日期", "Filed on", "备案时间", ""),
)

FIELDS: dict[ImportKind, tuple[Field, ...]] = {
    ImportKind.RESULTS: (*_RESULT, *_LISTING, *_COMMON),
    ImportKind.PATENTS: (*_PATENT, *_LISTING, *_COMMON),
    ImportKind.NEEDS: (*_NEED, *_COMMON),
    ImportKind.FACILITIES: (
        *_FACILITY,
        *(one for one in _COMMON if one.key in ("keywords", "industry", "field")),
    ),
}
#: Columns that a template asks for; the rest is understood, too.
TEMPLATE: dict[ImportKind, frozenset[str]] = {
    kind: frozenset(field.key for field in fields if field.example_zh)
    for kind, fields in FIELDS.items()
}


def field_of(kind: ImportKind, key: str) -> Field | None:
    """Give the field with this key."""
    return next((field for field in FIELDS[kind] if field.key == key), None)


def guess(kind: ImportKind, columns: Iterable[str]) -> dict[str, str]:
    """Map the columns whose names are known to fields; each field is taken once, first come."""
    known: dict[str, str] = {}
    for field in FIELDS[kind]:
        for name in (field.zh, field.en, field.key, *field.also):
            known.setdefault(_bare(name), field.key)
    found: dict[str, str] = {}
    for column in columns:
        key = known.get(_bare(column))
        if key is not None and key not in found.values():
            found[column] = key
    return found


def _bare(name: str) -> str:
    """Give a name without case, width, blanks, stars of duty and marks of punctuation."""
    return "".join(sign for sign in folded(name) if sign.isalnum())
