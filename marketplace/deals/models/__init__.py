"""Tables of deals, split by noun."""

from marketplace.deals.models.deal import (
    ENDED,
    RUNNING,
    Deal,
    DealOrigin,
    DealRole,
    DealStage,
    DealStageEntry,
    LapseReason,
)
from marketplace.deals.models.room import (
    ContactConsent,
    DealDisclosure,
    DealView,
    RoomFile,
)
from marketplace.deals.models.work import DealMessage, DealTask, DealVisit

__all__ = [
    "ENDED",
    "RUNNING",
    "ContactConsent",
    "Deal",
    "DealDisclosure",
    "DealMessage",
    "DealOrigin",
    "DealRole",
    "DealStage",
    "DealStageEntry",
    "DealTask",
    "DealView",
    "DealVisit",
    "LapseReason",
    "RoomFile",
]
