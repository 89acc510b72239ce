"""Tables of terms, one file a noun."""

from marketplace.terms.models.exports import ExportRecord
from marketplace.terms.models.notices import (
    NoticeStatus,
    Objection,
    ObjectionStatus,
    PriceNotice,
)
from marketplace.terms.models.offers import (
    AgreedTerms,
    OfferDraft,
    OfferFate,
    OfferOutcome,
    TermsOffer,
)
from marketplace.terms.models.pricing import (
    ApprovalDecision,
    ApprovalTier,
    Decision,
    Pricing,
    PricingMethod,
)
from marketplace.terms.models.trials import Trial, TrialPayment, TrialStatus, TrialTrigger

__all__ = [
    "AgreedTerms",
    "ApprovalDecision",
    "ApprovalTier",
    "Decision",
    "ExportRecord",
    "NoticeStatus",
    "Objection",
    "ObjectionStatus",
    "OfferDraft",
    "OfferFate",
    "OfferOutcome",
    "PriceNotice",
    "Pricing",
    "PricingMethod",
    "TermsOffer",
    "Trial",
    "TrialPayment",
    "TrialStatus",
    "TrialTrigger",
]
