"""Choices of the terms as contract language, Chinese and English."""

from __future__ import annotations

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

Pair = tuple[str, str]

KIND: dict[ContractKind, Pair] = {
    ContractKind.DEVELOPMENT: ("技术开发", "technology development"),
    ContractKind.TRANSFER: ("技术转让", "technology transfer"),
    ContractKind.LICENSE: ("技术许可", "technology license"),
    ContractKind.CONSULTING: ("技术咨询", "technology consulting"),
    ContractKind.SERVICE: ("技术服务", "technology service"),
}
LICENSE: dict[LicenseKind, Pair] = {
    LicenseKind.EXCLUSIVE: (
        "独占实施许可，即约定范围内仅甲方可以实施，乙方自己也不实施",
        (
            "an exclusive license: within the agreed extent Party A alone may use the technology, "
            "and Party B does not use it either"
        ),
    ),
    LicenseKind.SOLE: (
        "排他实施许可，即约定范围内仅甲方和乙方可以实施",
        "a sole license: within the agreed extent only Party A and Party B may use the technology",
    ),
    LicenseKind.NON_EXCLUSIVE: (
        "普通实施许可，即乙方可以继续自己实施，也可以许可他人实施",
        "an ordinary license: Party B may go on using the technology and license others",
    ),
    LicenseKind.OPEN: (
        "开放许可，即甲方依开放许可声明以书面通知取得的普通实施许可",
        (
            "an open license: an ordinary license that Party A obtains by written notice under the "
            "open license declaration"
        ),
    ),
}
SUBLICENSING: dict[Sublicensing, Pair] = {
    Sublicensing.NO: ("不得许可第三人实施", "may not license third parties"),
    Sublicensing.WITH_CONSENT: (
        "经乙方逐次书面同意，可以许可第三人实施",
        "may license third parties with the written consent of Party B in each case",
    ),
    Sublicensing.YES: ("可以许可第三人实施", "may license third parties"),
}
BASE: dict[RoyaltyBase, Pair] = {
    RoyaltyBase.PRICE: ("产品价格", "the price of the products"),
    RoyaltyBase.OUTPUT: ("新增产值", "the added output value"),
    RoyaltyBase.PROFIT: ("利润", "the profit"),
    RoyaltyBase.SALES: ("产品销售额", "the sales of the products"),
}
FORM: dict[RoyaltyForm, Pair] = {
    RoyaltyForm.FIXED: ("固定比例", "a fixed rate"),
    RoyaltyForm.RISING: ("逐级递增的比例", "rising rates"),
    RoyaltyForm.FALLING: ("逐级递减的比例", "falling rates"),
}
COUNT: dict[RoyaltyCount, Pair] = {
    RoyaltyCount.YEARLY: ("每一公历年度重新累计", "anew in each calendar year"),
    RoyaltyCount.CUMULATIVE: ("自合同生效起连续累计", "since the contract took effect"),
}
PERIOD: dict[RoyaltyPeriod, Pair] = {
    RoyaltyPeriod.QUARTER: ("每季度", "every quarter"),
    RoyaltyPeriod.HALF_YEAR: ("每半年", "every half-year"),
    RoyaltyPeriod.YEAR: ("每年", "every year"),
}
OWNERSHIP: dict[Ownership, Pair] = {
    Ownership.MAKER: ("归作出该成果的一方所有", "belong to the party that made them"),
    Ownership.LICENSOR: ("归乙方所有", "belong to Party B"),
    Ownership.LICENSEE: ("归甲方所有", "belong to Party A"),
    Ownership.JOINT: ("归双方共有", "belong to both parties in common"),
}
TAX: dict[TaxBearer, Pair] = {
    TaxBearer.BY_LAW: (
        "由双方依照法律规定各自承担",
        "are borne by each party as the law provides",
    ),
    TaxBearer.LICENSOR: ("由乙方承担", "are borne by Party B"),
    TaxBearer.LICENSEE: ("由甲方承担", "are borne by Party A"),
}
