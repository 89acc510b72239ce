"""Makes deals at any stage for tests of terms, and what hangs on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from marketplace.deals.models import Deal, DealOrigin, DealRole, DealStage, DealStageEntry
from marketplace.files.store import Upload
from marketplace.listings.models import EnquiryStatus, ListingStatus
from marketplace.managers.models import ManagerLevel, ManagerProfile, ManagerStatus
from marketplace.organizations.models import OrganizationKind
from marketplace.terms.kinds import ContractKind, LicenseKind, Side
from marketplace.terms.models import ApprovalTier
from marketplace.terms.queries.offers import latest_offer
from marketplace.terms.rules.approval import EXAMPLE
from marketplace.terms.services.offers import add_offer, agree
from marketplace.terms.value import Terms
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from marketplace.organizations.models import Organization
    from marketplace.terms.models import AgreedTerms, TermsOffer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EARLIER = datetime(2026, 11, 2, 4, tzinfo=UTC)

SIMPLE = Terms(
    contract_kind=ContractKind.LICENSE,
    license_kind=LicenseKind.NON_EXCLUSIVE,
    subject="激光清洗，发明专利 ZL202010123456.7",
    term_months=36,
    upfront_fee_minor=30_000_000,
)


def simple_terms(**changes: Any) -> Terms:
    """Give sound terms with changes."""
    return replace(SIMPLE, **changes)


def some_upload(name: str = "report.pdf") -> Upload:
    """Give a kept upload whose content stands nowhere."""
    return Upload(name=name, media_type="application/pdf", size_bytes=1000, sha256="a" * 64)


class Makers(Maker):
    def university(self, **values: Any) -> Organization:
        return self.organization(kind=OrganizationKind.UNIVERSITY, **values)  # type: ignore[attr-defined]

    def deal_at(
        self,
        stage: DealStage = DealStage.TERMS,
        *,
        licensor: Organization | None = None,
        licensee: Organization | None = None,
        manager: User | None = None,
        listing_values: dict[str, Any] | None = None,
        **values: Any,
    ) -> Deal:
        """A deal grown out of an answered enquiry about a published listing."""
        licensor = licensor or self.university()
        licensee = licensee or self.organization()  # type: ignore[attr-defined]
        listing = self.listing(  # type: ignore[attr-defined]
            licensor, **({"status": ListingStatus.PUBLISHED} | (listing_values or {}))
        )
        enquiry = self.enquiry(  # type: ignore[attr-defined]
            listing,
            sender_organization=licensee,
            status=EnquiryStatus.ANSWERED,
            replied_at=EARLIER,
        )
        if manager is not None:
            profile = self.manager_profile_of(manager)
            values |= {
                "manager_id": profile.id,
                "manager_person_id": manager.id,
                "manager_accepted_at": EARLIER,
            }
        values.setdefault("stage_since", EARLIER)
        deal = self.add(
            Deal(
                title=listing.title,
                licensor_id=licensor.id,
                licensee_id=licensee.id,
                opened_at=EARLIER,
                touched_at=EARLIER,
                stage=stage,
                origin=DealOrigin.ENQUIRY,
                enquiry_id=enquiry.id,
                listing_id=listing.id,
                **values,
            )
        )
        self.add(
            DealStageEntry(
                deal_id=deal.id,
                position=1,
                stage=stage,
                deal_opened_at=EARLIER,
                entered_at=EARLIER,
                event="open",
                role=DealRole.LICENSEE,
            )
        )
        return deal

    def manager_profile_of(self, user: User) -> ManagerProfile:
        """The register entry of a licensed technology manager."""
        return self.add(
            ManagerProfile(
                person_id=user.id,
                organization_id=self.organization_id(kind=OrganizationKind.AGENCY),  # type: ignore[attr-defined]
                name=user.name,
                level=ManagerLevel.MIDDLE,
                status=ManagerStatus.LICENSED,
                applied_at=EARLIER,
                licensed_at=EARLIER,
            )
        )

    def offer(
        self, deal: Deal, *, side: Side = Side.LICENSEE, terms: Terms = SIMPLE, **values: Any
    ) -> TermsOffer:
        """The next offer of a deal, open until the end of the month."""
        values.setdefault("valid_until", date(2026, 11, 30))
        values.setdefault("now", NOON)
        values.setdefault("offered_by", None)
        offer = add_offer(
            self.session,
            deal,
            side=side,
            terms=terms,
            follows=latest_offer(self.session, deal.id),
            **values,
        )
        return self.add(offer)

    def agreement(self, deal: Deal, *, terms: Terms = SIMPLE, at: datetime = NOON) -> AgreedTerms:
        """Terms agreed in a deal by an offer and its acceptance."""
        offer = self.offer(deal, terms=terms)
        accepter = self.actor(self.user())  # type: ignore[attr-defined]
        agreed = agree(self.session, deal, offer, actor=accepter, now=at)
        return self.add(agreed)

    def example_tiers(self, organization: Organization) -> None:
        """The three tiers of the example."""
        self.add(
            *(
                ApprovalTier(
                    organization_id=organization.id,
                    from_minor=tier.from_minor,
                    is_above=tier.is_above,
                    body=tier.body,
                )
                for tier in EXAMPLE
            )
        )
