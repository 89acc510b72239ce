"""Forms of cooperation: one list for what listings offer and needs wish."""

from __future__ import annotations

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_


class CooperationForm(LabelledEnum):
    """How a technology may change hands (Civil Code 843–887 for the contract kinds behind it)."""

    TRANSFER = "transfer", N_("Transfer")
    EXCLUSIVE_LICENSE = "exclusive_license", N_("Exclusive license")
    SOLE_LICENSE = "sole_license", N_("Sole license")
    ORDINARY_LICENSE = "ordinary_license", N_("Ordinary license")
    OPEN_LICENSE = "open_license", N_("Open license")
    DEVELOPMENT = "development", N_("Joint or commissioned development")
    EQUITY = "equity", N_("Contribution as equity")
    USE_FIRST = "use_first", N_("Use first, pay later")
    CONSULTING = "consulting", N_("Consulting or service")
