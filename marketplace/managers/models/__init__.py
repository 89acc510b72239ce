"""Tables of the register, of mandates, and of what managers did."""

from marketplace.managers.models.mandates import (
    LIVING,
    FeePayer,
    Mandate,
    MandateRecord,
    MandateStatus,
    RecordKind,
)
from marketplace.managers.models.record import Claim, Introduction, ManagerRating
from marketplace.managers.models.register import (
    LISTED,
    Credential,
    CredentialKind,
    Language,
    ManagerLevel,
    ManagerProfile,
    ManagerStatus,
)

__all__ = [
    "LISTED",
    "LIVING",
    "Claim",
    "Credential",
    "CredentialKind",
    "FeePayer",
    "Introduction",
    "Language",
    "ManagerLevel",
    "ManagerProfile",
    "ManagerRating",
    "ManagerStatus",
    "Mandate",
    "MandateRecord",
    "MandateStatus",
    "RecordKind",
]
