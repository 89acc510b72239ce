"""Makes facilities in any state, their instruments and the questions about them."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from marketplace.facilities.models import (
    Facility,
    FacilityKind,
    FacilityQuestion,
    FacilityStatus,
    Instrument,
)
from marketplace.files.models import Attachment, Visibility
from marketplace.organizations.models import OrganizationKind
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.organizations.models import Organization

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

COMPLETE: dict[str, Any] = {
    "name": "光谷湿法材料中试平台",
    "name_en": "Optics Valley Wet Chemistry Platform",
    "summary": "1–200 kg 批次的湿法放大。",
    "keywords": ["湿法合成", "电解质"],
    "industry_codes": ["W02", "C26"],
    "field_codes": ["0805"],
    "district_code": "4201Z1",
    "address": "高新四路 88 号",
    "contact_name": "冯平台",
    "contact_phone": "027-85550101",
    "trl_from": 4,
    "trl_to": 6,
    "services": ["scale_up"],
    "verifications": ["principle"],
    "capabilities": [
        {
            "operation": "湿法合成",
            "material": "无机盐溶液",
            "amount_from": "1",
            "amount_to": "200",
            "unit": "kg",
            "form": "液体",
            "output": "电子级溶液",
            "accuracy": "±0.5%",
        }
    ],
    "hours": [{"weekday": day, "opens": "09:00", "closes": "17:00"} for day in range(1, 6)],
}


class Makers(Maker):
    def facility(
        self,
        organization: Organization | None = None,
        *,
        complete: bool = True,
        instruments: int = 1,
        **values: Any,
    ) -> Facility:
        """A draft whose text may be sent; later states are dated and have their reasons."""
        organization = organization or self.organization(kind=OrganizationKind.OPERATOR)  # type: ignore[attr-defined]
        status = values.setdefault("status", FacilityStatus.DRAFT)
        values.setdefault("kind", FacilityKind.PILOT_PLATFORM)
        for name, value in COMPLETE.items():
            if complete or name == "name":
                values.setdefault(name, copy.deepcopy(value))
        values.setdefault("touched_at", NOON)
        if status in (FacilityStatus.PUBLISHED, FacilityStatus.SUSPENDED):
            values.setdefault("published_at", NOON)
        if status is FacilityStatus.UNDER_REVIEW:
            values.setdefault("submitted_at", NOON)
        if status is FacilityStatus.RETURNED:
            values.setdefault("return_reason", "The unit is missing.")
        if status is FacilityStatus.SUSPENDED:
            values.setdefault("suspended_reason", "Complaints.")
        if status is FacilityStatus.WITHDRAWN:
            values.setdefault("withdrawn_reason", "Moved.")
        if values.get("filing_number"):
            values.setdefault("filed_on", date(2025, 6, 1))
        facility = self.add(Facility(organization_id=organization.id, **values))
        for number in range(instruments if complete else 0):
            self.instrument(facility, position=number)
        return facility

    def instrument(self, facility: Facility, **values: Any) -> Instrument:
        values.setdefault("name", f"合成线 {factories.number()}")
        return self.add(Instrument(facility_id=facility.id, **values))

    def district(self, code: str = "4201Z1", **values: Any) -> Organization:
        """A verified district government."""
        return self.organization(  # type: ignore[attr-defined]
            kind=OrganizationKind.DISTRICT, district_code=code, **values
        )

    def facility_file(self, facility: Facility, **values: Any) -> Attachment:
        """A file hung on the facility; its content is not kept anywhere."""
        values.setdefault("visibility", Visibility.INTERNAL)
        values.setdefault("purpose", "photo")
        values.setdefault("sha256", "0" * 64)
        return self.add(
            Attachment(
                object_kind="facility",
                object_id=facility.id,
                organization_id=facility.organization_id,
                uploaded_by=self.user().id,  # type: ignore[attr-defined]
                name="photo.jpg",
                media_type="image/jpeg",
                size_bytes=1000,
                **values,
            )
        )

    def facility_question(
        self,
        facility: Facility | None = None,
        *,
        sender: User | None = None,
        sender_organization: Organization | None = None,
        **values: Any,
    ) -> FacilityQuestion:
        facility = facility or self.facility(status=FacilityStatus.PUBLISHED)
        sender_organization = sender_organization or self.organization()  # type: ignore[attr-defined]
        sender = sender or self.member(sender_organization)  # type: ignore[attr-defined]
        values.setdefault("body", "能否试 50 kg 浆料？")
        values.setdefault("sent_at", NOON)
        values.setdefault("due_on", date(2026, 11, 24))
        return self.add(
            FacilityQuestion(
                facility_id=facility.id,
                owner_id=facility.organization_id,
                sender_organization_id=sender_organization.id,
                sender_id=sender.id,
                **values,
            )
        )
