"""Makes listings in any state, their rights and the enquiries about them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from marketplace.files.models import Attachment, Visibility
from marketplace.listings.models import (
    Enquiry,
    IpRight,
    IpRightKind,
    LegalStatus,
    Listing,
    ListingStatus,
    TrlEvidence,
)
from marketplace.listings.rights import check_digit
from marketplace.listings.services.records import ListingRecord
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.organizations.models import Organization

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

COMPLETE: dict[str, Any] = {
    "title": "激光清洗使钢轨除锈速度提高三倍",
    "summary": "用脉冲激光除锈，每小时清洗 30 m²，能耗降低 60%。",
    "plain_summary": "用光代替砂子给钢轨除锈。",
    "problem": "喷砂除锈粉尘大、噪声高，工人健康受损。",
    "gain": "与喷砂相比速度提高三倍。",
    "abstract": "采用调 Q 光纤激光器，脉宽 100 ns。",
    "keywords": ["激光清洗", "除锈"],
    "industry_codes": ["C37"],
    "field_codes": ["0802"],
    "trl": 6,
    "next_step": "在两个工务段做三个月试用，需要一家养护企业。",
    "cooperation": ["ordinary_license", "use_first"],
    "inventors": [{"name": "李明", "unit": "机械学院"}],
    "year": 2025,
}


def patent_number(number: int | None = None, kind: str = "1") -> str:
    """Give a Chinese patent number in its kept form with a right check digit."""
    digits = f"2020{kind}{factories.number() if number is None else number:07d}"
    return f"ZL{digits}{check_digit(digits)}"


class Makers(Maker):
    def listing(
        self, organization: Organization | None = None, *, complete: bool = True, **values: Any
    ) -> Listing:
        """A draft whose text may be sent; published and later states are dated."""
        organization = organization or self.organization()  # type: ignore[attr-defined]
        status = values.setdefault("status", ListingStatus.DRAFT)
        for name, value in COMPLETE.items():
            if complete or name == "title":
                values.setdefault(name, value)
        values.setdefault("touched_at", NOON)
        if status in (ListingStatus.PUBLISHED, ListingStatus.EXPIRED):
            values.setdefault("published_at", NOON)
        if status is ListingStatus.UNDER_REVIEW:
            values.setdefault("submitted_at", NOON)
        if status is ListingStatus.RETURNED:
            values.setdefault("return_reason", "The gain is not measured.")
        if status is ListingStatus.WITHDRAWN:
            values.setdefault("withdrawn_reason", "Sold.")
        return self.add(Listing(organization_id=organization.id, **values))

    def right(self, listing: Listing, **values: Any) -> IpRight:
        """A granted invention patent of the listing."""
        values.setdefault("kind", IpRightKind.INVENTION_PATENT)
        values.setdefault("number", patent_number())
        values.setdefault("applicant", "武汉某大学")
        values.setdefault("filed_on", date(2020, 3, 1))
        values.setdefault("legal_status", LegalStatus.GRANTED)
        return self.add(IpRight(listing_id=listing.id, **values))

    def proof(self, listing: Listing, level: int = 6, **values: Any) -> TrlEvidence:
        values.setdefault("statement", "样机在环线试验段运行 300 小时。")
        return self.add(TrlEvidence(listing_id=listing.id, level=level, **values))

    def listing_file(
        self, listing: Listing, *, visibility: Visibility = Visibility.PUBLIC, **values: Any
    ) -> Attachment:
        """A file hung on the listing; its content is not kept anywhere."""
        values.setdefault("name", "report.pdf")
        return self.add(
            Attachment(
                object_kind="listing",
                object_id=listing.id,
                organization_id=listing.organization_id,
                uploaded_by=self.user().id,  # type: ignore[attr-defined]
                media_type="application/pdf",
                size_bytes=1000,
                sha256="0" * 64,
                visibility=visibility,
                **values,
            )
        )

    def enquiry(
        self,
        listing: Listing | None = None,
        *,
        sender: User | None = None,
        sender_organization: Organization | None = None,
        **values: Any,
    ) -> Enquiry:
        listing = listing or self.listing(status=ListingStatus.PUBLISHED)
        sender_organization = sender_organization or self.organization()  # type: ignore[attr-defined]
        sender = sender or self.member(sender_organization)  # type: ignore[attr-defined]
        values.setdefault("message", "我们想在两条产线上试用，贵方能否提供样机？")
        values.setdefault("sent_at", NOON)
        values.setdefault("due_on", date(2026, 11, 24))
        return self.add(
            Enquiry(
                listing_id=listing.id,
                owner_id=listing.organization_id,
                sender_organization_id=sender_organization.id,
                sender_id=sender.id,
                **values,
            )
        )

    def listing_record(self, **values: Any) -> ListingRecord:
        """A record as an import brings it."""
        number = factories.number()
        values.setdefault("external_id", f"R-{number}")
        values.setdefault("title", f"一种第{number}号除锈方法")
        values.setdefault("abstract", "采用激光除锈。")
        return ListingRecord(**values)
