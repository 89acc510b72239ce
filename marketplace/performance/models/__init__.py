"""Tables of performance, one file a noun."""

from marketplace.performance.models.changes import FormerTerms
from marketplace.performance.models.commissions import Commission, CommissionState
from marketplace.performance.models.disputes import DealDispute, DealDisputeState, DisputeOutcome
from marketplace.performance.models.interest import InterestClaim, InterestState
from marketplace.performance.models.milestones import (
    ENDED_MILESTONES,
    Milestone,
    MilestoneEvent,
    MilestoneState,
    Performance,
)
from marketplace.performance.models.parts import PaymentPart
from marketplace.performance.models.royalties import (
    Inspection,
    RoyaltyStatement,
    StatementState,
)
from marketplace.performance.models.splits import (
    AwardObjection,
    AwardPayout,
    Consent,
    DirectCost,
    IncomeSplit,
    Pool,
    SplitBasis,
    SplitPolicy,
    SplitShare,
    SplitState,
)

__all__ = [
    "ENDED_MILESTONES",
    "AwardObjection",
    "AwardPayout",
    "Commission",
    "CommissionState",
    "Consent",
    "DealDispute",
    "DealDisputeState",
    "DirectCost",
    "DisputeOutcome",
    "FormerTerms",
    "IncomeSplit",
    "Inspection",
    "InterestClaim",
    "InterestState",
    "Milestone",
    "MilestoneEvent",
    "MilestoneState",
    "PaymentPart",
    "Performance",
    "Pool",
    "RoyaltyStatement",
    "SplitBasis",
    "SplitPolicy",
    "SplitShare",
    "SplitState",
    "StatementState",
]
