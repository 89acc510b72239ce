"""The closed lists from which terms are chosen."""

from __future__ import annotations

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_


class ContractKind(LabelledEnum):
    """The five kinds of technology contract (Civil Code 843)."""

    DEVELOPMENT = "development", N_("Technology development")
    TRANSFER = "transfer", N_("Technology transfer (assignment)")
    LICENSE = "license", N_("Technology license")
    CONSULTING = "consulting", N_("Technology consulting")
    SERVICE = "service", N_("Technology service")


class LicenseKind(LabelledEnum):
    """Who else may use the technology (Supreme Court interpretation 25; Patent Law 50)."""

    EXCLUSIVE = "exclusive", N_("Exclusive: the licensee alone")
    SOLE = "sole", N_("Sole: the licensee and the owner")
    NON_EXCLUSIVE = "non_exclusive", N_("Ordinary: others too")
    OPEN = "open", N_("Open license: whoever accepts the declaration")


class Sublicensing(LabelledEnum):
    """Whether the licensee may license others."""

    NO = "no", N_("Not allowed")
    WITH_CONSENT = "with_consent", N_("With written consent in each case")
    YES = "yes", N_("Allowed")


class RoyaltyBase(LabelledEnum):
    """What a running royalty is a share of (Civil Code 846); each is an amount of money."""

    PRICE = "price", N_("Price of the products")
    OUTPUT = "output", N_("Added output value")
    PROFIT = "profit", N_("Profit")
    SALES = "sales", N_("Sales of the products")


class RoyaltyForm(LabelledEnum):
    """How the rate moves when the base grows (Civil Code 846)."""

    FIXED = "fixed", N_("Fixed rate")
    RISING = "rising", N_("Rising rate")
    FALLING = "falling", N_("Falling rate")


class RoyaltyCount(LabelledEnum):
    """Over which time the base is summed before it meets the steps."""

    YEARLY = "yearly", N_("Each calendar year anew")
    CUMULATIVE = "cumulative", N_("Since the contract began")


class RoyaltyPeriod(LabelledEnum):
    """How often the base is reported and the royalty paid."""

    QUARTER = "quarter", N_("Every quarter")
    HALF_YEAR = "half_year", N_("Every half-year")
    YEAR = "year", N_("Every year")

    @property
    def months(self) -> int:
        """Length in months."""
        return {"quarter": 3, "half_year": 6, "year": 12}[self.value]


class Ownership(LabelledEnum):
    """To whom improvements or new results belong."""

    MAKER = "maker", N_("Whoever made it")
    LICENSOR = "licensor", N_("The providing side")
    LICENSEE = "licensee", N_("The receiving side")
    JOINT = "joint", N_("Both in common")


class TaxBearer(LabelledEnum):
    """Who bears the taxes and fees that the contract causes."""

    BY_LAW = "by_law", N_("Each side its own, as the law says")
    LICENSOR = "licensor", N_("All by the providing side")
    LICENSEE = "licensee", N_("All by the receiving side")


#: Kinds whose subject passes to or may be used by the other side for money from its use.
USE_KINDS = frozenset({ContractKind.TRANSFER, ContractKind.LICENSE})
#: Kinds for which a share of later income may be agreed.
ROYALTY_KINDS = USE_KINDS | {ContractKind.DEVELOPMENT}
#: Kinds in which a technology may be paid for with shares.
EQUITY_KINDS = ROYALTY_KINDS

#: Currencies that may be agreed (ISO 4217; all with two decimals).
CURRENCIES = ("CNY", "USD", "EUR", "HKD")


class Side(LabelledEnum):
    """The two sides of a deal; a technology manager is neither."""

    LICENSOR = "licensor", N_("Providing side")
    LICENSEE = "licensee", N_("Receiving side")

    @property
    def other(self) -> Side:
        """The side across the table."""
        return Side.LICENSEE if self is Side.LICENSOR else Side.LICENSOR
