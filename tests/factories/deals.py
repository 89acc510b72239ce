"""Makes deals in any stage with their history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from marketplace.deals.models import (
    ENDED,
    Deal,
    DealOrigin,
    DealRole,
    DealStage,
    DealStageEntry,
    DealTask,
    LapseReason,
)
from marketplace.listings.models import ListingStatus
from marketplace.managers.models import ManagerLevel, ManagerProfile, ManagerStatus
from tests.factories import Maker

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PATH = tuple(stage for stage in DealStage if stage is not DealStage.LAPSED)


class Makers(Maker):
    def broker(self, **values: Any) -> ManagerProfile:
        """A licensed manager of an agency of their own."""
        organization = self.organization()  # type: ignore[attr-defined]
        person = values.pop("person", None) or self.member(organization)  # type: ignore[attr-defined]
        values.setdefault("status", ManagerStatus.LICENSED)
        values.setdefault("level", ManagerLevel.MIDDLE)
        values.setdefault("applied_at", NOON)
        values.setdefault("licensed_at", NOON)
        return self.add(
            ManagerProfile(
                person_id=person.id,
                organization_id=organization.id,
                name=person.name,
                **values,
            )
        )

    def deal(
        self,
        stage: DealStage = DealStage.INQUIRY,
        *,
        manager: ManagerProfile | None = None,
        **values: Any,
    ) -> Deal:
        """A deal out of an enquiry, with one history entry per stage on its way."""
        if "enquiry_id" not in values and "match_id" not in values and "answer_id" not in values:
            listing = values.pop("listing", None) or self.listing(  # type: ignore[attr-defined]
                status=ListingStatus.PUBLISHED
            )
            enquiry = self.enquiry(listing)  # type: ignore[attr-defined]
            values |= {
                "enquiry_id": enquiry.id,
                "listing_id": listing.id,
                "licensor_id": enquiry.owner_id,
                "licensee_id": values.get("licensee_id", enquiry.sender_organization_id),
                "origin": DealOrigin.ENQUIRY,
            }
            values.setdefault("title", listing.title)
        passed = list(PATH[: PATH.index(stage) + 1]) if stage in PATH else [PATH[0], stage]
        signed = stage in PATH and PATH.index(stage) > PATH.index(DealStage.CONFIDENTIALITY)
        values.setdefault("confidential_at", NOON if signed else None)
        if stage in ENDED:
            values.setdefault("ended_at", NOON)
        if stage is DealStage.LAPSED:
            values.setdefault("lapse_reason", LapseReason.PRICE)
        values.setdefault("opened_at", NOON)
        values.setdefault("stage_since", NOON)
        values.setdefault("touched_at", NOON)
        values.setdefault("next_step", "到厂取样")
        values.setdefault("next_on", date(2026, 12, 1))
        if manager is not None:
            values |= {
                "manager_id": manager.id,
                "manager_person_id": manager.person_id,
                "manager_accepted_at": values.pop("manager_accepted_at", NOON),
            }
        deal = self.add(Deal(stage=stage, **values))
        for position, one in enumerate(passed, start=1):
            self.add(
                DealStageEntry(
                    deal_id=deal.id,
                    position=position,
                    stage=one,
                    entered_at=NOON - timedelta(days=len(passed) - position),
                    left_at=None
                    if position == len(passed)
                    else NOON - timedelta(days=len(passed) - position - 1),
                    event="open" if position == 1 else "made",
                    role=DealRole.LICENSEE,
                    deal_opened_at=NOON,
                )
            )
        return deal

    def deal_task(self, deal: Deal, **values: Any) -> DealTask:
        """A task of the licensor, given by somebody of the licensee."""
        values.setdefault("title", "寄出样品")
        values.setdefault("role", DealRole.LICENSOR)
        values.setdefault("due_on", date(2026, 11, 27))
        values.setdefault("given_at", NOON)
        if "given_by" not in values:
            values["given_by"] = self.user().id  # type: ignore[attr-defined]
        return self.add(DealTask(deal_id=deal.id, **values))
