"""Pages of performance, one file a noun."""

from marketplace.performance.routes import (
    awards,
    calculator,
    commissions,
    disputes,
    expected,
    income,
    interest,
    milestones,
    royalties,
    show,
    simulator,
    splits,
)
from marketplace.performance.routes.blueprint import bp

__all__ = [
    "awards",
    "bp",
    "calculator",
    "commissions",
    "disputes",
    "expected",
    "income",
    "interest",
    "milestones",
    "royalties",
    "show",
    "simulator",
    "splits",
]
